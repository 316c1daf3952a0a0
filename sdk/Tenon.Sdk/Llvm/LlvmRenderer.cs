using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Llvm;

/// <summary>Writes the instructions of an op.</summary>
/// <param name="kernel">The kernel that is being written.</param>
/// <param name="op">The op.</param>
/// <param name="sources">The operands of its sources: names or literals, without their types.</param>
/// <returns>The operand of its value.</returns>
public delegate string LlvmExpression(LlvmKernel kernel, UOp op, string[] sources);

/// <summary>
/// Writes a linear program as LLVM IR in text form, with opaque pointers (LLVM 15 and later). A dialect gives how a kernel begins and
/// ends, and may give expressions of its own; loops, variables, memory and arithmetic are written here. Vectors stay vectors, and no
/// operation may be contracted or reassociated. Safe from several threads.
/// </summary>
public abstract class LlvmRenderer
{
    /// <summary>The ops beyond the base set that it takes.</summary>
    public static OpSet ExtraOps { get; } = CodeGeneratorTarget.VectorOps | new OpSet(Ops.MulAcc, Ops.Local, Ops.Shuffle);

    /// <summary>The expression of each op that has a value; the accumulators' and the literals' are written by the kernel.</summary>
    protected internal virtual IReadOnlyDictionary<Ops, LlvmExpression> Expressions => LlvmOperators.Table;

    /// <summary>The IR of the program.</summary>
    /// <exception cref="BackendException">The program has an op or a type that can't be expressed.</exception>
    public string Render(LinearProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return new LlvmKernel(this, program).Write();
    }

    /// <summary>What every module begins with: nothing, or the layout and the triple of the target.</summary>
    protected internal virtual string Prologue => "";

    /// <summary>Whether LLVM makes good code of <c>llvm.maximum</c> for the target; otherwise comparisons are written.</summary>
    protected internal virtual bool HasMaximum => true;

    /// <summary>The type of pointers to what an op addresses.</summary>
    protected internal virtual string PointerTo(UOp address) => "ptr";

    /// <summary>The line with which the function begins, up to its attributes and without the brace.</summary>
    protected internal abstract string Signature(LinearProgram program);

    /// <summary>The text of the attributes, in braces.</summary>
    protected internal abstract string Attributes { get; }

    /// <summary>Writes what comes before the body: buffers, variables, and what runs the work items.</summary>
    protected internal abstract void Open(LlvmKernel kernel);

    /// <summary>Writes the end of what <see cref="Open"/> began, up to the return.</summary>
    protected internal abstract void Close(LlvmKernel kernel);
}
