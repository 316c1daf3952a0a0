// What snippets of the code of operators stand among.
global using Tenon.Core;
global using Tenon.Onnx.Graph;
global using Tenon.Onnx.Run;
global using static Operators;

internal static class Operators
{
    public static OpRegistry ops = null!;

    public static Tensor Squeeze(OpCall call, long[]? axes) => call[0];

    public static OnnxValue[] TopK(OpCall call, long count) => [];
}
