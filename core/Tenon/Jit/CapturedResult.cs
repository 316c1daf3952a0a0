using Tenon.Core;

namespace Tenon;

/// <summary>What a captured function returns, or leaves in a tensor from before: how each call makes it.</summary>
internal abstract record CapturedResult
{
    /// <summary>A tensor that was there before.</summary>
    public sealed record Same(TensorSource Source) : CapturedResult;

    /// <summary>A view of a tensor that was there before.</summary>
    public sealed record View(TensorSource Source, UOp[] Moves) : CapturedResult;

    /// <summary>A literal.</summary>
    public sealed record Literal(UOp Node, string? Device) : CapturedResult;

    /// <summary>A value in storage.</summary>
    public sealed record Stored(int Output, Shape Shape, string Device) : CapturedResult;

    /// <summary>The result for one call.</summary>
    /// <param name="call">The arguments.</param>
    /// <param name="outputs">The storage of the outputs.</param>
    public Tensor Make(JitCall call, UOp[] outputs) => this switch
    {
        Same same => same.Source.Find(call)!,
        View view => view.Source.Find(call)!.ViewBy(view.Moves),
        Literal literal => new Tensor(literal.Node, literal.Device),
        Stored stored => Tensor.OfStorage(outputs[stored.Output], Bound(stored.Shape, call), stored.Device),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>A shape with its variables bound as the arguments of a call bind them.</summary>
    public static Shape Bound(Shape shape, JitCall call)
    {
        if (shape.IsConcrete)
        {
            return shape;
        }

        var map = new NodeMap<UOp>();
        foreach (var u in shape.Dims.ToArray().SelectMany(d => d.TopologicalOrder()))
        {
            if (u.Op == Ops.Variable && u.Src.Length == 1 && call.Variables.FirstOrDefault(v => v.Name == u.ArgAs<VariableArg>().Name) is { Name: not null } variable)
            {
                map[u] = UOp.Bind(IndexMath.Unbound(u), variable.Value);
            }
        }

        return Shape.FromDims(Array.ConvertAll(shape.Dims.ToArray(), d => d.Substitute(map)));
    }
}
