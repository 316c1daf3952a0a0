using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk;

/// <summary>A generator that renders a program as text and has that compiled.</summary>
public abstract class SourceGenerator : CodeGenerator
{
    /// <inheritdoc/>
    protected sealed override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program)
    {
        string source;
        using (Tracing.Begin("generate/render"))
        {
            source = Render(program);
        }

        using (Tracing.Begin("generate/compile"))
        {
            return (Compile(program, source), source);
        }
    }

    /// <summary>Compiles the source of a program to what the device loads.</summary>
    /// <exception cref="BackendException">It doesn't compile; the message shows kernel, line and reason.</exception>
    protected abstract ReadOnlyMemory<byte> Compile(LinearProgram program, string source);
}
