using Tenon.Core;

namespace Tenon.Sdk.Interpreter;

/// <summary>A place in a program.</summary>
/// <param name="Number">In the list, from 0.</param>
/// <param name="Op">What is there.</param>
internal sealed record Site(int Number, UOp Op)
{
    public override string ToString() => $"op {Number} ({Op.Op}{(Op.DType == DType.Void ? "" : $" {Op.DType}")})";
}
