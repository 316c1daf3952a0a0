using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>What picks one of many reads one.</summary>
public class GatherTests
{
    private static readonly float[] Content = [.. Enumerable.Range(0, 1000 * 24).Select(i => (float)Math.Sin(i))];
    private static readonly int[] Indices = [5, 999, 0, 5, -1, 1000, int.MinValue, 77];

    [Test]
    public void IndexSelect_reads_only_what_it_picks()
    {
        var (table, indices) = Inputs();
        var picked = table.IndexSelect(0, indices);
        AssertDirect(picked);
        Assert.That(picked.ToArray<float>(), Is.EqualTo(Indices.SelectMany(i => Enumerable.Range(0, 24).Select(c => i is >= -1 and < 1000 ? Content[(i + 1000) % 1000 * 24 + c] : 0))));
    }

    [Test]
    public void IndexSelect_by_int64_reads_only_what_it_picks()
    {
        var (table, indices) = Inputs();
        AssertDirect(table.IndexSelect(0, indices.Cast(DType.Int64).Realize()));
    }

    [Test]
    public void Gather_reads_only_what_it_picks()
    {
        var (table, _) = Inputs();
        int[] index = [.. Enumerable.Range(0, 48).Select(i => i * 37 % 1000)];
        var picked = table.Gather(0, Tensor.From<int>(index).Reshape(2, 24).Realize());
        AssertDirect(picked);
        Assert.That(picked.ToArray<float>(), Is.EqualTo(index.Select((r, i) => Content[r * 24 + i % 24])));
    }

    [Test]
    public void A_computed_table_is_computed_where_it_is_picked()
    {
        var (table, indices) = Inputs();
        var picked = (table * 2 + 1).IndexSelect(0, indices.Cast(DType.Int64));
        Assert.That(picked.ToArray<float>(), Is.EqualTo(Indices.SelectMany(i => Enumerable.Range(0, 24).Select(c => i is >= -1 and < 1000 ? Content[(i + 1000) % 1000 * 24 + c] * 2 + 1 : 0))));
    }

    [Test]
    public void NaN_beside_what_is_picked_stays_there()
    {
        var table = Tensor.From<float>([1, float.NaN, 3, float.PositiveInfinity]).Realize();
        Assert.That(table.IndexSelect(0, Tensor.From<int>([2, 1, 0, 3])).ToArray<float>(), Is.EqualTo(new[] { 3, float.NaN, 1, float.PositiveInfinity }));
    }

    /// <summary>Zeros, whatever the dtype of the index, and the same from each generator; negative indices count from the end.</summary>
    [TestCase("CLR", "true")]
    [TestCase("CLR", "false")]
    [TestCase("Clang", "true")]
    [TestCase("LLVM", "true")]
    public void What_lies_outside_is_zero(string generator, string optimise)
    {
        if (!TenonRuntime.Default.Devices.Open("CPU").Device.CodeGenerators.Any(g => g.Name == generator))
        {
            Assert.Ignore($"This machine has no {generator}.");
        }

        var before = TenonRuntime.Default;
        using var runtime = TenonRuntime.Default = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("plugins:tenon.cpu:generator", generator), new("optimise", optimise)])).Build();
        try
        {
            foreach (var dtype in DType.All.Where(d => d.IsInteger))
            {
                CheckOutside(dtype, 5);
            }

            CheckOutside(DType.Int64, 1);
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }

    private static void CheckOutside(DType dtype, int n)
    {
        long[] all = [0, 1, 2, 3, 4, 100, -1, -2, -5, dtype.MinInteger, dtype.MaxInteger, dtype.MaxInteger - 4, 1L << 32, (1L << 32) + 1, long.MinValue, long.MaxValue];
        var indices = Tensor.From<long>(all).Cast(dtype).Realize();
        var values = all.Select(i => ((Scalar)i).To(dtype)).ToArray();
        var table = Tensor.From<float>([.. Enumerable.Range(1, n * 3).Select(i => (float)i)], [n, 3]).Realize();
        var places = values.Select(i => i.RawBits < 0 && dtype.IsSigned ? i.RawBits + n : i.RawBits);
        var expected = places.SelectMany(i => Enumerable.Range(0, 3).Select(c => i >= 0 && i < n ? i * 3 + c + 1 : 0f));
        Assert.That(table.IndexSelect(0, indices).ToArray<float>(), Is.EqualTo(expected), $"IndexSelect {dtype} of {n}");
        Assert.That(table.Gather(0, indices.Reshape(all.Length, 1).Expand(all.Length, 3)).ToArray<float>(), Is.EqualTo(expected), $"Gather {dtype} of {n}");
    }

    private static (Tensor Table, Tensor Indices) Inputs() => (Tensor.From<float>(Content).Reshape(1000, 24).Realize(), Tensor.From<int>(Indices).Realize());

    private static void AssertDirect(Tensor tensor)
    {
        var calls = TenonRuntime.Default.Schedule([(tensor.Node, tensor.Device)]).Calls;
        Assert.That(calls, Has.Count.EqualTo(1));
        Assert.That(calls[0].Kernel!.TopologicalOrder().Select(u => u.Op), Has.No.Member(Ops.Reduce));
    }
}
