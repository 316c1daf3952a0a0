using System.Runtime.InteropServices;
using Tenon.Core.Backend;
using Tenon.NN;
using Tenon.Runtime;

namespace Tenon.Tests;

/// <summary>Exported functions, run step by step on the device that is here.</summary>
[NonParallelizable]
internal sealed class ExportTests
{
    [Test]
    public void ProgramsDoWhatTheirFunctionDoes()
    {
        Tensor.ManualSeed(1);
        var model = new Sequential(new Conv2d(1, 4, 3), Activation.Relu, new MaxPool2d(2), new Flatten(), new Linear(4 * 3 * 3, 5));
        Tensor[] Function(Tensor[] given) => [model.Forward(given[0]).Softmax(1), given[0].Sum() + given[1]];
        Check(Function, [Tensor.Randn(2, 1, 8, 8), Tensor.Randn(3)]);
    }

    [Test]
    public void StepsThatAreRealisedWithinAreParts()
    {
        var weight = Tensor.Randn(8, 8).Realize();
        Check(given =>
        {
            var hidden = given[0];
            for (var i = 0; i < 3; i++)
            {
                hidden = hidden.MatMul(weight).Tanh().Realize();
            }

            return [hidden];
        }, [Tensor.Randn(4, 8)]);
    }

    [Test]
    public void WhatFollowsFromConstantsIsComputedOnce()
    {
        var (mean, variance) = (Tensor.Rand(16).Realize(), Tensor.Rand(16).Realize());
        var table = Tensor.From(new sbyte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 }).Realize();
        var program = Check(given => [(given[0] - mean) / (variance + 1e-5).Sqrt() + table.Cast(DType.Float32)], [Tensor.Randn(4, 16)]);
        var constants = program.Slots.Where(s => s.Kind == ExportedSlotKind.Constant).ToList();

        // The deviation takes the variance's place; the table would grow and stays as it is.
        Assert.That(constants.Select(c => c.DType), Is.EquivalentTo(new[] { DType.Float32, DType.Float32, DType.Int8 }));
        Assert.That(constants.Select(c => c.Content), Has.None.SameAs(variance.Node));
    }

    [Test]
    public void KernelsThatNeedTooManyBuffersAreSplit([Values(3, 5, 8)] int limit)
    {
        var weights = Enumerable.Range(0, 12).Select(_ => Tensor.Randn(6).Realize()).ToArray();
        var matrix = Tensor.Randn(6, 6).Realize();
        var program = Check(given =>
        {
            var sum = weights.Aggregate(given[0], (x, w) => (x + w) * 0.5);
            var product = given[1].MatMul(matrix) * weights[0] + weights[1] / (weights[2].Abs() + 1) - weights[3] * given[2] + weights[4];
            return [sum, product, sum + product, (weights.Aggregate(product, (x, w) => x * w.Sigmoid())).Sum(1)];
        }, [Tensor.Randn(4, 6), Tensor.Randn(4, 6), Tensor.Randn(4, 6)], limit);
        Assert.That(program.Kernels.Max(k => k.Parameters.Count), Is.LessThanOrEqualTo(limit));
    }

    [Test]
    public void ArgumentsLiteralsAndTensorsFromOutsideAreResultsToo()
    {
        var outside = Tensor.Randn(3).Realize();
        var program = Check(given => [given[0], outside, Tensor.Full([2], 7f), given[0]], [Tensor.Randn(4)]);
        Assert.That(program.Outputs, Has.Count.EqualTo(4));
    }

    [Test]
    public void OneTensorTwiceIsTwoInputs()
    {
        var x = Tensor.Randn(4).Realize();
        var program = Check(given => [given[0] - 2 * given[1]], [x, x]);
        Assert.That(program.Inputs.Distinct().Count(), Is.EqualTo(2));
    }

    [Test]
    public void WhatAProgramCannotDoIsSaid()
    {
        var state = Tensor.Zeros(4).Contiguous().Realize();
        Assert.That(Code(given => [state.Assign(state + given[0])]), Is.EqualTo("TEN6104"));
        Assert.That(Code(given => [given[0] + Tensor.Rand(4)]), Is.EqualTo("TEN6101"));
        Assert.That(Code(given => [given[0] * given[0].Sum().Item<float>()]), Is.EqualTo("TEN5300"));

        static string Code(Func<Tensor[], Tensor[]> function) => Assert.Throws<TenonException>(() => Export(function, [Tensor.Randn(4)]))!.Code;
    }

    private static ExportedFunction Export(Func<Tensor[], Tensor[]> function, Tensor[] arguments, int maxBuffers = int.MaxValue)
    {
        var device = TenonRuntime.Default.Devices.Open(TenonRuntime.Default.Devices.Default);
        var capabilities = maxBuffers == int.MaxValue ? device.Capabilities : new Capabilities { DTypes = device.Capabilities.DTypes, Parallelism = 2, MaxBuffers = maxBuffers };
        return ExportedFunction.Compile(function, arguments, capabilities, device.Generator);
    }

    private static ExportedProgram Check(Func<Tensor[], Tensor[]> function, Tensor[] arguments, int maxBuffers = int.MaxValue)
    {
        foreach (var argument in arguments)
        {
            argument.Realize();
        }

        var exported = Export(function, arguments, maxBuffers);

        // Other numbers than those that it was exported with.
        Tensor[] others = [.. arguments.Select(a => (a * 0.5 + 1).Realize())];
        foreach (var (given, expected) in new[] { (arguments, exported.Results), (others, function(others)) })
        {
            var results = Run(exported, given);
            foreach (var (result, value) in results.Zip(expected))
            {
                Assert.That(result, Is.EqualTo(value.ToArray<float>()).Within(1e-5f));
            }
        }

        return exported.Program;
    }

    private static List<float[]> Run(ExportedFunction function, Tensor[] given)
    {
        var program = function.Program;
        var device = TenonRuntime.Default.Devices.Open(TenonRuntime.Default.Devices.Default).Device;
        var buffers = program.Slots.Select(s => device.Allocator.Allocate(Math.Max(1, s.DType.BytesOf(s.Size)))).ToArray();
        BufferView View(int slot) => new(buffers[slot], 0, program.Slots[slot].DType.BytesOf(program.Slots[slot].Size));
        var kernels = program.Kernels.Select(k => device.Load(k.Compiled)).ToArray();
        foreach (var (slot, content) in function.Contents)
        {
            device.Allocator.CopyIn(View(slot), content.ToBytes());
        }

        for (var i = 0; i < given.Length; i++)
        {
            device.Allocator.CopyIn(View(program.Inputs[i]), given[i].ToBytes());
        }

        foreach (var step in program.Steps)
        {
            if (step.Kernel >= 0)
            {
                kernels[step.Kernel].Launch([.. step.Slots.Select(View)], [.. step.Variables]);
                continue;
            }

            var bytes = new byte[View(step.Slots[0]).Bytes];
            device.Allocator.CopyOut(View(step.Slots[1]), bytes);
            device.Allocator.CopyIn(View(step.Slots[0]), bytes);
        }

        device.Synchronize();
        var results = program.Outputs.Select(o =>
        {
            var numbers = new float[program.Slots[o].Size];
            device.Allocator.CopyOut(View(o), MemoryMarshal.AsBytes(numbers.AsSpan()));
            return numbers;
        }).ToList();
        Array.ForEach(buffers, b => b.Dispose());
        Array.ForEach(kernels, k => k.Dispose());
        return results;
    }
}
