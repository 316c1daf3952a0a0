namespace Tenon.Golden.Tests;

internal static partial class GoldenOps
{
    private static Dictionary<string, Op> Picking => new()
    {
        ["gather"] = (x, a) => [x[0].Gather(a.Int("axis"), x[1])],
        ["index_select"] = (x, a) => [x[0].IndexSelect(a.Int("axis"), x[1])],
        ["scatter"] = (x, a) => [x[0].Scatter(a.Int("axis"), x[1], x[2])],
        ["scatter_add"] = (x, a) => [x[0].ScatterAdd(a.Int("axis"), x[1], x[2])],
        ["scatter_reduce"] = (x, a) => [x[0].ScatterReduce(a.Int("axis"), x[1], x[2], Reduction(a.Text("reduce")), a.Bool("include"))],
        ["index_add"] = (x, a) => [x[0].IndexAdd(a.Int("axis"), x[1], x[2])],
        ["take"] = Binary((x, i) => x.Take(i)),
        ["embedding"] = Binary((i, w) => w.IndexSelect(0, i.Flatten()).Reshape([.. i.Shape.ToArray(), .. w.Shape.ToArray()[1..]])),
        ["one_hot"] = With((x, a) => x.OneHot(a.Int("classes"))),
        ["index_two"] = Ternary((x, i, j) => x[i, j]),
        ["index_apart"] = Ternary((x, i, j) => x[i, .., j]),
        ["index_mask"] = Binary((x, m) => x[m]),
        ["nonzero"] = Unary(x => x.NonZero()),
        ["masked_select"] = Binary((x, m) => x.MaskedSelect(m)),
        ["searchsorted"] = (x, a) => [x[0].SearchSorted(x[1], a.Bool("right"))],
        ["unique"] = (x, _) => x[0].Unique() is var u ? [u.Values, u.Inverse, u.Counts] : [],
        ["unique_consecutive"] = Unary(x => x.UniqueConsecutive().Values),
    };

    private static ScatterReduction Reduction(string name) => Enum.Parse<ScatterReduction>(name, ignoreCase: true);
}
