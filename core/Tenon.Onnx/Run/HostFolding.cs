using Tenon.Core;
using Tenon.Onnx.Graph;

namespace Tenon.Onnx.Run;

/// <summary>
/// Computes on the host what follows from small numbers that are known there: the arithmetic of shapes, which then costs no kernel and
/// makes nobody wait for the device.
/// </summary>
/// <remarks>
/// The operator runs as always, on tensors that stand for the numbers and have no storage; <see cref="HostEvaluator"/> computes the
/// graph that it builds.
/// </remarks>
internal static class HostFolding
{
    // Operators whose outputs are sizes or positions in the models that there are. None of them reads its tensors' elements itself.
    private static readonly HashSet<string> Foldable =
    [
        "Abs", "Add", "And", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "Cast", "CastLike", "Ceil", "Clip", "Concat", "ConstantOfShape", "CumSum",
        "Div", "Equal", "Expand", "Flatten", "Floor", "Gather", "GatherElements", "GatherND", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Min",
        "Mod", "Mul", "Neg", "Not", "Or", "Pad", "Pow", "Range", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceSum", "Reshape", "Round", "ScatterElements",
        "ScatterND", "Sign", "Slice", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tile", "Transpose", "Trilu", "Unsqueeze", "Where", "Xor",
    ];

    private static long _nextId = -1;

    /// <summary>The outputs, or null if the device has to compute them.</summary>
    public static OnnxValue?[]? Run(PlannedNode node, OnnxValue?[] inputs, Scope scope, GraphRunner runner)
    {
        if (node.Domain != OpRegistry.Standard || inputs.Length == 0 || !Foldable.Contains(node.OpType))
        {
            return null;
        }

        foreach (var input in inputs)
        {
            if (input is not (null or TensorValue { Host: not null }))
            {
                return null;
            }
        }

        var known = new Dictionary<UOp, HostTensor>(ReferenceEqualityComparer.Instance);
        var outputs = node.Op!(new OpCall(node, Array.ConvertAll(inputs, i => i is TensorValue t ? StandIn(t.Host!, known) : i), scope, runner));
        var evaluator = new HostEvaluator(known);
        for (var i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is not TensorValue { Host: null } value)
            {
                continue;
            }

            if (evaluator.Evaluate(value.Tensor.Node) is not { } host)
            {
                return null;
            }

            outputs[i] = new TensorValue(host, runner.Context.Device);
        }

        return outputs;
    }

    // A buffer that no runtime knows.
    private static TensorValue StandIn(HostTensor host, Dictionary<UOp, HostTensor> known)
    {
        var buffer = UOp.New(Ops.Buffer, host.DType, [], new BufferArg(Interlocked.Decrement(ref _nextId), host.Elements.Length, "HOST"));
        known.Add(buffer, host);
        return new TensorValue(new Tensor(TensorGraph.Reshape(buffer, host.Shape), null), host);
    }
}
