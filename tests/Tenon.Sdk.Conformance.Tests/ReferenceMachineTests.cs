using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance.Tests;

/// <summary>The reference itself, on what is known without it.</summary>
public sealed class ReferenceMachineTests
{
    private static readonly Capabilities Plain = new() { DTypes = new Dictionary<DType, DTypeSupport>() };

    [Test]
    public void OpsAreThoseOfNet()
    {
        var (xs, ys) = CornerValues.Pairs(DType.Float32, 1, int.MaxValue);
        var b = new ProgramBuilder(Plain, xs.Length);
        var (x, y) = (Ir.Load(Ir.At(b.Buffer(DType.Float32, xs.Length), b.Item)), Ir.Load(Ir.At(b.Buffer(DType.Float32, xs.Length), b.Item)));
        Func<float, float, float>[] functions = [(p, q) => p + q, (p, q) => p - q, (p, q) => p * q, (p, q) => p / q, MathF.Max];
        var results = new[] { Ops.Add, Ops.Sub, Ops.Mul, Ops.Div, Ops.Max }.Select(op => (Value: UOp.Alu(op, x, y), Buffer: b.Buffer(DType.Float32, xs.Length))).ToList();
        results.ForEach(r => b.Add(Ir.Store(Ir.At(r.Buffer, b.Item), r.Value)));
        byte[][] memory = [Elements.ToBytes(DType.Float32, xs), Elements.ToBytes(DType.Float32, ys), .. results.Select(_ => new byte[xs.Length * 4])];
        new ReferenceMachine(b.Build("ops")).Run(memory);
        for (var f = 0; f < functions.Length; f++)
        {
            var expected = xs.Zip(ys, (p, q) => functions[f]((float)p.AsDouble, (float)q.AsDouble)).ToArray();
            Assert.That(Elements.Of<float>(memory[2 + f]), Is.EqualTo(expected), $"function {f}");
        }
    }

    [Test]
    public void GroupsLoopsAndBarriers()
    {
        var device = new Capabilities { DTypes = Plain.DTypes, LocalBytes = 1024, Workgroups = new WorkgroupLimits { MaxGroups = new(9), MaxLanes = new(8), MaxLanesPerGroup = 8, SubgroupSize = 4 } };
        var b = new ProgramBuilder(device, new GridSize(3), new GridSize(8));
        var (y, array) = (b.Buffer(DType.Int32, 24), Ir.Local(DType.Int32, 0, 8));
        var (sum, loop) = (Ir.Accumulator(Ir.Int(0), 0), Ir.Range(b.Lane, 0));
        b.Add(sum, loop, Ir.Assign(sum, Ir.Add(sum, loop)), Ir.End(loop), array, Ir.Store(Ir.At(array, b.Lane), sum), Ir.Barrier);
        b.Add(Ir.Store(Ir.At(y, b.Item), Ir.Add(Ir.LaneXor(Ir.Load(Ir.At(array, UOp.Alu(Ops.Sub, Ir.Int(7), b.Lane))), 1), Ir.Mul(b.Group, Ir.Int(100)))));
        var memory = new byte[24 * 4];
        new ReferenceMachine(b.Build("groups"), subgroupSize: 4).Run([memory]);
        Assert.That(Elements.Of<int>(memory), Is.EqualTo(Enumerable.Range(0, 24).Select(i => (7 - (i % 8 ^ 1)) is var l ? l * (l - 1) / 2 + i / 8 * 100 : 0)));
    }

    [Test]
    public void WhatProgramsMustNotDoIsAnError()
    {
        var b = new ProgramBuilder(Plain, 4);
        b.Add(Ir.Store(Ir.At(b.Buffer(DType.Int32, 3), b.Item), Ir.Int(1)));
        Assert.That(() => new ReferenceMachine(b.Build("outside")).Run([new byte[12]]), Throws.InvalidOperationException.With.Message.Contains("element 3"));

        var device = new Capabilities { DTypes = Plain.DTypes, Workgroups = new WorkgroupLimits { MaxGroups = new(9), MaxLanes = new(8), MaxLanesPerGroup = 8 } };
        b = new ProgramBuilder(device, new GridSize(1), new GridSize(2));
        var loop = Ir.Range(b.Lane, 0);
        b.Add(loop, Ir.Barrier, Ir.End(loop));
        Assert.That(() => new ReferenceMachine(b.Build("divergent")).Run([]), Throws.InvalidOperationException.With.Message.Contains("1 of 2 lanes"));
    }

    [Test]
    public void SubnormalsMayBecomeZeros()
    {
        var b = new ProgramBuilder(Plain, 1);
        var (x, y) = (b.Buffer(DType.Float32, 2), b.Buffer(DType.Float32, 1));
        b.Add(Ir.Store(Ir.At(y, 0), Ir.Mul(Ir.Load(Ir.At(x, 0)), Ir.Load(Ir.At(x, 1)))));
        var program = b.Build("product");
        float Product(Flush? flush, float p, float q)
        {
            byte[][] memory = [Elements.ToBytes(p, q), new byte[4]];
            new ReferenceMachine(program, flush: flush).Run(memory);
            return Elements.Of<float>(memory[1])[0];
        }

        var ways = Flush.Ways(new HashSet<DType> { DType.Float32 }).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(Product(null, 1e-30f, 1e-10f), Is.EqualTo(1e-30f * 1e-10f).And.Not.Zero);
            Assert.That(ways.Select(w => Product(w, 1e-30f, 1e-10f)), Is.EqualTo(new[] { 0f, 0f, 1e-30f * 1e-10f }));
            Assert.That(ways.Select(w => Product(w, 1e-40f, 1e20f)), Is.EqualTo(new[] { 0f, 1e-40f * 1e20f, 0f }));
        });
    }

    [TestCase("ops/float32*/Add", "ops/float32x4/Add", true)]
    [TestCase("ops/float32*/Add", "ops/float32x4/Sub", false)]
    [TestCase("*", "anything", true)]
    [TestCase("a*b*c", "a/b/b/c", true)]
    [TestCase("OPS/x", "ops/x", true)]
    [TestCase("ops/x", "ops/xy", false)]
    public void WildcardsMatch(string pattern, string name, bool matches) => Assert.That(Wildcard.Matches(pattern, name), Is.EqualTo(matches));
}
