using Tenon.Core;
using Tenon.Runtime;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

/// <summary>A way to compile and run programs, and the C# that makes it.</summary>
internal sealed class RandomProgramVariant : IDisposable
{
    // The index checker can't prove every access of these, though results show that they are right.
    private static readonly CompilerOptions Compiler = new() { CheckIndices = false };
    private readonly TenonRuntime _runtime;
    private readonly string _device;

    private RandomProgramVariant(string source, TenonRuntime runtime, string device) => (Source, _runtime, _device) = (source, runtime, device);

    /// <summary>The C# expression that makes it.</summary>
    public string Source { get; }

    /// <summary>The default generator.</summary>
    public static RandomProgramVariant Default() => Create("Default()", Compiler);

    /// <summary>Another generator.</summary>
    public static RandomProgramVariant Generator(string name) => Create($"Generator(\"{name}\")", Compiler, ("plugins:tenon.cpu:generator", name));

    /// <summary>Other vectors.</summary>
    public static RandomProgramVariant Vector(string bits) => Create($"Vector(\"{bits}\")", Compiler, ("plugins:tenon.cpu:vector", bits));

    /// <summary>Loops as they come.</summary>
    public static RandomProgramVariant Plain() => Create("Plain()", Compiler with { Optimise = false });

    /// <summary>Loops changed at random.</summary>
    public static RandomProgramVariant Loops(int seed, string vector = "auto") =>
        With($"Loops({seed}, \"{vector}\")", (kernel, view) => RandomLoops.Apply(kernel, view, seed), vector);

    /// <summary>Another device, with one of its generators, and loops changed at random unless the seed is 0.</summary>
    public static RandomProgramVariant On(RunnableDevice device, int loops)
    {
        var compiler = loops == 0 ? Compiler : Compiler with { Optimiser = (kernel, view) => RandomLoops.Apply(kernel, view, loops) };
        return Create($"On(RunnableDevice.Parse(\"{device}\"), {loops})", compiler, device.Name, device.Settings);
    }

    /// <summary>Groups of lanes, run by the interpreter; loops changed at random if there is a seed.</summary>
    /// <param name="settings">Settings of the device, such as <c>lanes=64;subgroup=8</c>.</param>
    /// <param name="seed">Of the changes; null for what the heuristic chooses.</param>
    public static RandomProgramVariant Groups(string settings, int? seed = null) => Create(
        $"Groups(\"{settings}\", {(seed is null ? "null" : seed)})", seed is { } s ? Compiler with { Optimiser = (kernel, view) => RandomLoops.Apply(kernel, view, s) } : Compiler, "INTERPRETER",
        [("plugins:tenon.interpreter:undefined", "allow"), .. settings.Split(';').Select(p => ($"plugins:tenon.interpreter:{p.Split('=')[0]}", (string?)p.Split('=')[1]))]);

    /// <summary>Another optimiser.</summary>
    public static RandomProgramVariant With(string source, Func<UOp, CodeGeneratorView, UOp> optimiser, string vector = "auto") =>
        Create(source, Compiler with { Optimiser = optimiser }, ("plugins:tenon.cpu:vector", vector));

    /// <summary>Whether the CPU has a generator of this name on this machine.</summary>
    public static bool Has(string generator) => TenonRuntime.Default.Devices.Open(RandomProgram.Device).Device.CodeGenerators.Any(g => g.Name == generator);

    /// <summary>What is wrong with the results of a program; null if nothing is.</summary>
    public ProgramFailure? Check(RandomProgram program) => Check(program, program);

    /// <summary>What is wrong with the results of a program that is to give what another gives.</summary>
    public ProgramFailure? Check(RandomProgram program, RandomProgram other)
    {
        var expected = Evaluate(program);
        Scalar[][] actual;
        try
        {
            actual = Run(other, expected);
        }
        catch (Exception e) when (e is not AssertionException)
        {
            return new ProgramFailure(e is TenonException t ? t.Code : e.GetType().Name, e.ToString());
        }

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

    private Scalar[][] Run(RandomProgram program, Scalar[][] expected)
    {
        // Programs are written for one device; which that is, only their inputs say.
        var buffers = new NodeMap<UOp>();
        foreach (var (param, values) in program.Inputs)
        {
            var buffer = _runtime.CreateBuffer(param.DType, values.Length, _device);
            _runtime.CopyIn(buffer, ElementBytes.From(values, param.DType));
            buffers[param] = buffer;
        }

        var storage = _runtime.Realize([.. program.Results.Select(r => (r.Substitute(buffers), _device))]);
        return [.. storage.Select((s, i) => Read(s, expected[i].Length))];
    }

    private Scalar[] Read(UOp storage, int count)
    {
        var bytes = new byte[storage.DType.BytesOf(count)];
        _runtime.CopyOut(storage, bytes);
        return ElementBytes.To(bytes, storage.DType, count);
    }

    private static RandomProgramVariant Create(string source, CompilerOptions compiler, params (string Key, string? Value)[] settings) => Create(source, compiler, RandomProgram.Device, settings);

    private static RandomProgramVariant Create(string source, CompilerOptions compiler, string device, (string Key, string? Value)[] settings)
    {
        var options = TenonConfiguration.Load(null, settings.Append(("cache:enabled", "false")).Select(s => KeyValuePair.Create(s.Item1, s.Item2)));
        return new RandomProgramVariant(source, new TenonRuntimeBuilder(options).Build(new TensorCompiler(compiler)), device);
    }
}

/// <summary>What is wrong with a program.</summary>
/// <param name="Kind">A code, or the type of an exception, or that numbers are wrong: what a smaller program must show too.</param>
/// <param name="Text">For people.</param>
internal sealed record ProgramFailure(string Kind, string Text);
