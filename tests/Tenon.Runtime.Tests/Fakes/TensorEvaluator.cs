using Tenon.Core;

namespace Tenon.Runtime.Tests;

/// <summary>Evaluates the few ops that these tests use, on float32.</summary>
internal static class TensorEvaluator
{
    public delegate Span<float> Memory(int slot);

    public static void Run(UOp sink, Memory memory)
    {
        foreach (var root in sink.Src)
        {
            var store = root.Op == Ops.After ? root[1] : root;
            var value = Evaluate(store[1], memory);
            value.CopyTo(memory(StorageView.Base(store[0]).ArgAs<ParamArg>().Slot));
        }
    }

    private static float[] Evaluate(UOp u, Memory memory)
    {
        switch (u.Op)
        {
            case Ops.Param:
                return memory(u.ArgAs<ParamArg>().Slot).ToArray();
            case Ops.Const:
                return [(float)((Scalar)u.Arg!).AsDouble];
            case Ops.Reshape or Ops.Contiguous or Ops.Detach:
                return Evaluate(u[0], memory);
            case Ops.Expand:
                return [.. Enumerable.Repeat(Evaluate(u[0], memory)[0], (int)u.Shape.MaxElements)];
            case Ops.Add or Ops.Mul:
                var (x, y) = (Evaluate(u[0], memory), Evaluate(u[1], memory));
                return [.. x.Zip(y, (a, b) => u.Op == Ops.Add ? a + b : a * b)];
            default:
                throw new NotSupportedException(u.Op.ToString());
        }
    }
}
