using Tenon.Tests.Shared;

namespace Tenon.Benchmarks;

/// <summary>How many kernels well-known expressions become, beside tinygrad's counts.</summary>
internal static class KernelCounts
{
    public static void Run(Results results)
    {
        foreach (var expression in KernelCountCases.All)
        {
            results.Add(expression.Name, expression.Kernels().Count, "kernels", $"tinygrad {expression.Tinygrad}");
        }
    }
}
