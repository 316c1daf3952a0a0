using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Stores that happen only where a condition holds.</summary>
internal static class GuardedStore
{
    /// <summary>A store with one more condition, besides those that it has.</summary>
    public static UOp Of(UOp store, UOp condition) =>
        condition.IsInteger(1) ? store : UOp.New(Ops.Store, DType.Void, [store[0], store[1], store.Src.Length == 3 ? IndexMath.And(store[2], condition) : condition]);
}
