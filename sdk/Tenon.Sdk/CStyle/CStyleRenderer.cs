using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.CStyle;

/// <summary>The text of an op's value.</summary>
/// <param name="kernel">The kernel that is being written.</param>
/// <param name="op">The op.</param>
/// <param name="sources">The texts of its sources, each a name, a literal, a call or in parentheses.</param>
/// <returns>The text, in parentheses unless it is a name, a literal or a call.</returns>
public delegate string CStyleExpression(CStyleKernel kernel, UOp op, string[] sources);

/// <summary>
/// Writes a linear program in a language of the C family. A dialect gives the types, the literals, how a kernel begins and
/// ends, and one expression for each op; statements, loops and names are written here. Safe from several threads.
/// </summary>
public abstract class CStyleRenderer
{
    /// <summary>The expression of each op that has a value; the accumulators' are their names.</summary>
    protected internal abstract IReadOnlyDictionary<Ops, CStyleExpression> Expressions { get; }

    /// <summary>The source of the program.</summary>
    /// <exception cref="BackendException">The program has an op or a type that the dialect can't express.</exception>
    public string Render(LinearProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return new CStyleKernel(this, program).Write();
    }

    /// <summary>What every source begins with.</summary>
    protected internal abstract string Prologue { get; }

    /// <summary>The type of a value of <paramref name="dtype"/>; its definition is added to the kernel where it needs one.</summary>
    protected internal abstract string TypeOf(CStyleKernel kernel, DType dtype);

    /// <summary>The type of an element in memory.</summary>
    protected internal abstract string StorageTypeOf(CStyleKernel kernel, DType dtype);

    /// <summary>A literal, exact.</summary>
    protected internal abstract string Literal(CStyleKernel kernel, DType dtype, Scalar value);

    /// <summary>Writes the head of the kernel: signature, buffers, variables and what runs the work items.</summary>
    protected internal abstract void Open(CStyleKernel kernel);

    /// <summary>Writes the end of what <see cref="Open"/> began.</summary>
    protected internal abstract void Close(CStyleKernel kernel);

    /// <summary>The statement that stores a value at an address, without a gate.</summary>
    protected internal abstract string Store(CStyleKernel kernel, UOp address, UOp value);

    /// <summary>Throws where an op can't be expressed although its kind can, such as arithmetic on a type that is only stored.</summary>
    protected internal virtual void Verify(CStyleKernel kernel, UOp op)
    {
    }
}
