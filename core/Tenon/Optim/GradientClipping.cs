namespace Tenon.Optim;

/// <summary>Holds gradients within bounds, before a step.</summary>
public static class GradientClipping
{
    /// <summary>Scales all gradients so that the norm of all their elements together is at most a bound.</summary>
    /// <param name="parameters">Whose gradients; those without one are left out.</param>
    /// <param name="most">The bound.</param>
    /// <param name="p">The norm; infinity for the greatest element.</param>
    /// <returns>The norm before, a number.</returns>
    public static Tensor ByNorm(IEnumerable<Tensor> parameters, double most, double p = 2)
    {
        using var noGrad = Tensor.NoGrad();
        var clipped = parameters.Where(t => t.Grad is not null).ToList();
        var norm = Norm(clipped, p);
        var factor = (most / (norm + 1e-6)).Minimum(1);
        foreach (var parameter in clipped)
        {
            var gradient = parameter.Grad!;
            parameter.Grad = (gradient * factor.To(gradient.Device)).Cast(gradient.DType);
        }

        return norm;
    }

    /// <summary>Holds each element of each gradient between -bound and bound.</summary>
    public static void ByValue(IEnumerable<Tensor> parameters, double bound)
    {
        using var noGrad = Tensor.NoGrad();
        foreach (var parameter in parameters)
        {
            parameter.Grad = parameter.Grad?.Clamp(-bound, bound);
        }
    }

    private static Tensor Norm(List<Tensor> parameters, double p)
    {
        if (parameters.Count == 0)
        {
            return 0.0;
        }

        var device = parameters[0].Grad!.Device;
        var parts = parameters.ConvertAll(t => Part(t.Grad!.Cast(t.DType.Bits < 32 ? DType.Float32 : t.DType)).To(device));
        if (double.IsPositiveInfinity(p))
        {
            return parts.Aggregate((a, b) => a.Maximum(b));
        }

        var sum = parts.Aggregate((a, b) => a + b);
        return p == 2 ? sum.Sqrt() : p == 1 ? sum : sum.Pow(1 / p);

        Tensor Part(Tensor g) => p switch
        {
            double.PositiveInfinity => g.Abs().Max(),
            1 => g.Abs().Sum(),
            2 => g.Square().Sum(),
            _ => g.Abs().Pow(p).Sum(),
        };
    }
}
