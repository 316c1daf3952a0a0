using Tenon.NN;
using Tenon.Onnx;
using Tenon.Onnx.Tests;
using Tenon.Optim;
using Tenon.Plugins.Cpu;
using Tenon.Plugins.Cpu.Clang;
using Tenon.Plugins.Disk;
using Tenon.Runtime;
using Tenon.Sdk.Targets;
using Tenon.Sdk.Tests.CStyle;
using Tenon.State;

namespace Tenon.Sdk.Tests.Shim;

/// <summary>Every kernel of real models is rendered in every language, and where a compiler for its text is here, that takes it.</summary>
[NonParallelizable]
internal sealed class ModelRenderTests
{
    private static readonly string[] Targets = ["CUDA:sm_90", "HIP:gfx1100", "METAL", "OPENCL", "WGSL:f16"];

    // The text of the same language for another architecture is not compiled once more.
    private static readonly string[] AllTargets = [.. Targets, "CUDA:sm_70", "CUDA:sm_80", "HIP:gfx942", "WGSL"];

    private RecordingPlugin _plugin = null!;

    [Test]
    public void AStepOfTrainingDigits([ValueSource(nameof(Targets))] string target)
    {
        using var runtime = Use(target);
        var network = new Sequential(
            new Conv2d(1, 16, 5), Activation.Relu, new MaxPool2d(2), new Conv2d(16, 32, 5), Activation.Relu, new MaxPool2d(2), new Flatten(), new Linear(512, 10));
        var optimizer = new Adam(network.Parameters());
        var loss = network.Forward(Tensor.Rand([64, 1, 28, 28])).CrossEntropy(Tensor.Arange(0, 64) % 10);
        loss.Backward();
        optimizer.Step();

        Check(target, 10);
    }

    [Test]
    public void AModelOfTheWorldOutside(
        [ValueSource(nameof(AllTargets))] string target,
        [Values("ch_PP-OCRv4_det_infer", "ch_ppocr_mobile_v2.0_cls_infer", "silero_vad_v5")] string name)
    {
        if (SharedData.Find($"onnx-models/{name}") is not { } folder)
        {
            Assert.Ignore($"The model is not here: no shared/data/onnx-models/{name} in a folder above.");
            return;
        }

        using var runtime = Use(target);
        var model = OnnxModel.Load(Path.Combine(folder, "model.onnx"));
        var inputs = model.Inputs.ToDictionary(i => i.Name, i => (OnnxValue)NpyFile.Load(Path.Combine(folder, $"input.{i.Name}.npy")));
        Tensor.Realize([.. model.Run(inputs).Values.Select(o => o.Tensor)]);

        Check(target, 10);
    }

    private TenonRuntime Use(string target)
    {
        var options = new RuntimeOptions { DefaultDevice = $"NULL:{target}", FileDevice = "DISK" };
        options.Cache.Enabled = false;
        _plugin = new RecordingPlugin();
        return TenonRuntime.Default = new TenonRuntimeBuilder(options).AddPlugin("cpu", new CpuPlugin()).AddPlugin("disk", new DiskPlugin()).AddPlugin("null", _plugin).Build();
    }

    private void Check(string target, int least)
    {
        (Core.Backend.LinearProgram Program, string Source)[] kernels = [.. _plugin.Kernels.Values];
        Assert.That(kernels, Has.Length.GreaterThanOrEqualTo(least));
        Assert.That(kernels.Count(k => k.Program.Lanes.Count > 1), Is.GreaterThan(kernels.Length / 2));
        if (!OperatingSystem.IsLinux() || !Targets.Contains(target))
        {
            return;
        }

        if (target == "OPENCL")
        {
            CheckOpenCL(kernels);
        }
        else if (!target.StartsWith("WGSL", StringComparison.Ordinal))
        {
            // Tensor cores are instructions of a device.
            ShimCompiler.Check(KnownTarget.Find(target), [.. kernels.Where(k => k.Program.Ops.All(op => op.Op != Core.Ops.Wmma))]);
        }
    }

    // Kernels that begin with the same functions are one text for the compiler, of which each start takes long.
    private static void CheckOpenCL(IEnumerable<(Core.Backend.LinearProgram Program, string Source)> kernels)
    {
        static int Head((Core.Backend.LinearProgram Program, string Source) kernel) => kernel.Source.IndexOf("__kernel", StringComparison.Ordinal);
        foreach (var together in kernels.GroupBy(k => k.Source[..Head(k)]))
        {
            var source = together.Key + string.Concat(together.Select(k => k.Source[Head(k)..]));
            var (code, _, errors) = ClangProcess.Run(
                ClangRunner.Compiler().Path,
                ["-x", "cl", "-cl-std=CL1.2", "-target", "spir64", "-Xclang", "-fdeclare-opencl-builtins", "-Xclang", "-finclude-default-header", "-fsyntax-only", "-w", "-"],
                source);
            Assert.That(code, Is.Zero, () => $"{errors}\n{source}");
        }
    }
}
