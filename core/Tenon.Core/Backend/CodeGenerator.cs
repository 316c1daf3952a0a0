using System.Diagnostics;

namespace Tenon.Core.Backend;

/// <summary>Turns linear programs into kernels that a device of the same plugin loads. Must be safe from several threads.</summary>
public abstract class CodeGenerator
{
    /// <summary>A short name, unique in the plugin: that of the language that it writes, or of the compiler that it uses.</summary>
    public abstract string Name { get; }

    /// <summary>What it takes.</summary>
    public abstract CodeGeneratorTarget Target { get; }

    /// <summary>Compiles a program.</summary>
    /// <exception cref="BackendException">The program can't be compiled; the message names kernel and reason.</exception>
    public CompiledKernel Generate(LinearProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        using var activity = BackendEvents.Source.StartActivity("tenon.compile");
        activity?.SetTag("tenon.kernel", program.Name).SetTag("tenon.generator", Name);
        using var stage = Tracing.Begin("generate", kernel: program.Name);
        var start = Stopwatch.GetTimestamp();
        try
        {
            var (binary, source) = GenerateCore(program);
            return new CompiledKernel
            {
                Name = program.Name,
                Generator = Name,
                Binary = binary,
                Source = source,
                Program = program,
                GlobalSize = program.GlobalSize,
                Groups = program.Groups,
                Lanes = program.Lanes,
                BufferCount = program.Parameters.Count,
                VariableCount = program.Variables.Count,
                LocalBytes = program.LocalBytes,
                Operations = program.Operations,
                MemoryBytes = program.MemoryBytes,
            };
        }
        catch (Exception e) when (e is not TenonException and not OperationCanceledException)
        {
            throw new BackendException("TEN4001", $"Generator {Name} could not compile kernel {program.Name}: {e.Message}", e);
        }
        finally
        {
            BackendEvents.CompileTime.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("tenon.generator", Name));
        }
    }

    /// <summary>The readable form of a program, without compiling it.</summary>
    public abstract string Render(LinearProgram program);

    /// <summary>Compiles a program; returns what the device loads, and the source that it was compiled from, if there was one.</summary>
    protected abstract (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program);
}
