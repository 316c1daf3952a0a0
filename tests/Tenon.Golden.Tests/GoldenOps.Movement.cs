using Tenon.Core;

namespace Tenon.Golden.Tests;

internal static partial class GoldenOps
{
    private static Dictionary<string, Op> Movement => new()
    {
        ["reshape"] = With((x, a) => x.Reshape(a.Longs("shape"))),
        ["permute"] = With((x, a) => x.Permute(a.Ints("axes"))),
        ["expand"] = With((x, a) => x.Expand(a.Longs("shape"))),
        ["flip"] = With((x, a) => x.Flip(a.Ints("axes"))),
        ["repeat"] = With((x, a) => x.Repeat(a.Longs("repeats"))),
        ["cat"] = Several((x, a) => Tensor.Cat(x, a.Int("axis"))),
        ["stack"] = Several((x, a) => Tensor.Stack(x, a.Int("axis"))),
        ["slice"] = With((x, a) => x[Tensor.Ellipsis, TensorIndex.Every(a.Int("step"), Range(a))]),
        ["roll"] = With((x, a) => x.Roll(a.Ints("shifts"), a.Ints("axes"))),
        ["tril"] = With((x, a) => x.Tril(a.Int("k"))),
        ["triu"] = With((x, a) => x.Triu(a.Int("k"))),
        ["diagonal"] = With((x, a) => x.Diagonal(a.Int("k"))),
        ["diag_embed"] = With((x, a) => x.DiagEmbed(a.Int("k"))),
        ["rot90"] = With((x, a) => x.Rot90(a.Int("k"))),
        ["repeat_interleave"] = With((x, a) => x.RepeatInterleave(a.Int("n"), a.Has("axis") ? a.Int("axis") : null)),
        ["unfold"] = With((x, a) => x.Unfold(a.Int("axis"), a.Int("size"), (long)a.Int("step"))),
        ["pad_constant"] = With((x, a) => x.Pad(Pads(x, a), a.Double("value"))),
        ["pad_reflect"] = With((x, a) => x.Pad(Pads(x, a), PadMode.Reflect)),
        ["pad_replicate"] = With((x, a) => x.Pad(Pads(x, a), PadMode.Replicate)),
        ["pad_circular"] = With((x, a) => x.Pad(Pads(x, a), PadMode.Circular)),
        ["select"] = With((x, a) => x.Select(a.Int("axis"), a.Int("index"))),
        ["meshgrid"] = (x, _) => Tensor.Meshgrid(x),
        ["movedim"] = With((x, a) => x.MoveAxis(a.Int("from"), a.Int("to"))),
        ["trace"] = Unary(x => x.Trace()),
        ["diff"] = Unary(x => x.Diff()),
        ["vander"] = With((x, a) => x.Vander(a.Int("n"))),
        ["cov"] = Unary(x => x.Cov()),
        ["corrcoef"] = Unary(x => x.CorrCoef()),
    };

    private static Range Range(GoldenArgs a) => (a.Has("begin") ? At(a.Int("begin")) : Index.Start)..(a.Has("end") ? At(a.Int("end")) : Index.End);

    private static Index At(int i) => i < 0 ? ^-i : i;

    // PyTorch's come from the last axis on.
    private static (SymInt, SymInt)[] Pads(Tensor x, GoldenArgs a)
    {
        var (given, pads) = (a.Ints("pads"), new (SymInt, SymInt)[x.Rank]);
        for (var i = 0; i < given.Length / 2; i++)
        {
            pads[x.Rank - 1 - i] = (given[2 * i], given[2 * i + 1]);
        }

        return pads;
    }
}
