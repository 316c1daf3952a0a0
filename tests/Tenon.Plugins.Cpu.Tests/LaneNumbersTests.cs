using Tenon.Core;

namespace Tenon.Plugins.Cpu.Tests;

/// <summary>Vectors of numbers of lanes in memory.</summary>
internal sealed class LaneNumbersTests
{
    [Test]
    public unsafe void VectorsStayWhereTheyAre()
    {
        var (ints, longs) = (LaneNumbers.Place(4, new Axes([3, 2, 1, 0])), LaneNumbers.Place(8, new Axes([3, 2, 1, 0])));
        Assert.Multiple(() =>
        {
            Assert.That(new ReadOnlySpan<int>((void*)ints, 4).ToArray(), Is.EqualTo(new[] { 3, 2, 1, 0 }));
            Assert.That(new ReadOnlySpan<long>((void*)longs, 4).ToArray(), Is.EqualTo(new[] { 3L, 2, 1, 0 }));
            Assert.That(LaneNumbers.Place(4, new Axes([3, 2, 1, 0])), Is.EqualTo(ints), "the same numbers are kept once");
            Assert.That((long)ints % 64, Is.Zero);
        });
    }
}
