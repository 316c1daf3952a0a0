using Tenon.Core;
using Tenon.Runtime;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

/// <summary>A way to compile and run programs, and the C# that makes it.</summary>
internal sealed class RandomProgramVariant : IDisposable
{
    private readonly TenonRuntime _runtime;

    private RandomProgramVariant(string source, TenonRuntime runtime) => (Source, _runtime) = (source, runtime);

    /// <summary>The C# expression that makes it.</summary>
    public string Source { get; }

    /// <summary>The default generator.</summary>
    public static RandomProgramVariant Default() => new("Default()", new TenonRuntimeBuilder(Options()).Build());

    /// <summary>Another generator.</summary>
    public static RandomProgramVariant Generator(string name) => new($"Generator(\"{name}\")", new TenonRuntimeBuilder(Options(("plugins:tenon.cpu:generator", name))).Build());

    /// <summary>Other vectors.</summary>
    public static RandomProgramVariant Vector(string bits) => new($"Vector(\"{bits}\")", new TenonRuntimeBuilder(Options(("plugins:tenon.cpu:vector", bits))).Build());

    /// <summary>Loops as they come.</summary>
    public static RandomProgramVariant Plain() => new("Plain()", new TenonRuntimeBuilder(Options(("optimise", "false"))).Build());

    /// <summary>Loops changed at random.</summary>
    public static RandomProgramVariant Loops(int seed, string vector = "auto") =>
        With($"Loops({seed}, \"{vector}\")", (kernel, view) => RandomLoops.Apply(kernel, view, seed), vector);

    /// <summary>Another optimiser.</summary>
    public static RandomProgramVariant With(string source, Func<UOp, CodeGeneratorView, UOp> optimiser, string vector = "auto") =>
        new(source, new TenonRuntimeBuilder(Options(("plugins:tenon.cpu:vector", vector))).Build(new TensorCompiler(new CompilerOptions { Optimiser = optimiser })));

    /// <summary>Whether the CPU has a generator of this name on this machine.</summary>
    public static bool Has(string generator) => TenonRuntime.Default.Devices.Open(RandomProgram.Device).Device.CodeGenerators.Any(g => g.Name == generator);

    /// <summary>What is wrong with the results of a program; null if nothing is.</summary>
    public ProgramFailure? Check(RandomProgram program)
    {
        Scalar[][] actual;
        try
        {
            actual = Run(program);
        }
        catch (Exception e) when (e is not AssertionException)
        {
            return new ProgramFailure(e is TenonException t ? t.Code : e.GetType().Name, e.ToString());
        }

        var expected = Evaluate(program);
        for (var i = 0; i < actual.Length; i++)
        {
            if (RandomProgramTolerance.FirstWrong(program, i, expected, actual[i]) is { } wrong)
            {
                return new ProgramFailure("wrong", $"result {i}, element {wrong}: expected {expected[i][wrong]}, got {actual[i][wrong]}");
            }
        }

        return null;
    }

    /// <summary>Asserts that nothing is wrong with the results of a program.</summary>
    public void Verify(RandomProgram program) => Assert.That(Check(program)?.Text, Is.Null);

    public static Scalar[][] Evaluate(RandomProgram program, Random? noise = null)
    {
        var evaluator = new NaiveEvaluator(program.ContentOf, noise);
        return [.. program.Results.Select(evaluator.Evaluate)];
    }

    public void Dispose() => _runtime.Dispose();

    private Scalar[][] Run(RandomProgram program)
    {
        var buffers = new NodeMap<UOp>();
        foreach (var (param, values) in program.Inputs)
        {
            var buffer = _runtime.CreateBuffer(param.DType, values.Length, RandomProgram.Device);
            _runtime.CopyIn(buffer, ElementBytes.From(values, param.DType));
            buffers[param] = buffer;
        }

        var storage = _runtime.Realize([.. program.Results.Select(r => (r.Substitute(buffers), RandomProgram.Device))]);
        return [.. storage.Select(Read)];
    }

    private Scalar[] Read(UOp storage)
    {
        var buffer = storage.Op == Ops.Buffer ? storage : storage[0];
        var bytes = new byte[buffer.Shape.MaxElements * buffer.DType.Bytes];
        _runtime.CopyOut(buffer, bytes);
        return ElementBytes.To(bytes, buffer.DType);
    }

    private static RuntimeOptions Options(params (string Key, string Value)[] settings) =>
        TenonConfiguration.Load(null, settings.Append((Key: "cache:enabled", Value: "false")).ToDictionary(s => s.Key, s => (string?)s.Value));
}

/// <summary>What is wrong with a program.</summary>
/// <param name="Kind">A code, or the type of an exception, or that numbers are wrong: what a smaller program must show too.</param>
/// <param name="Text">For people.</param>
internal sealed record ProgramFailure(string Kind, string Text);
