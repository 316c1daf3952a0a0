using System.Numerics;

namespace Tenon;

/// <summary>
/// In which order the rows of a matrix are paired, so that each meets each other once: a round pairs all of them, n - 1 or n rounds are a
/// sweep.
/// </summary>
/// <remarks>R. P. Brent and F. T. Luk, The solution of singular-value and symmetric eigenvalue problems on multiprocessor arrays, 1985.</remarks>
internal static class JacobiRounds
{
    /// <summary>How many sweeps leave nothing to turn at the precision of float64.</summary>
    public static int Sweeps(long n) => 5 + BitOperations.Log2((ulong)n);

    /// <summary>By round, the partner of each of n rows; with an odd number, one is its own.</summary>
    public static int[][] Of(int n)
    {
        var even = n + n % 2;
        var rounds = new int[Math.Max(0, even - 1)][];
        for (var round = 0; round < rounds.Length; round++)
        {
            // The last stands still, the others move round a circle and meet whom they face.
            var partner = new int[n];
            for (var i = 0; i < n; i++)
            {
                var faced = i == even - 1 ? -1 : (2 * round - i + 2 * (even - 1)) % (even - 1);
                var other = i == even - 1 ? round : faced == i ? even - 1 : faced;
                partner[i] = other < n ? other : i;
            }

            rounds[round] = partner;
        }

        return rounds;
    }
}
