namespace Tenon.Golden.Tests;

internal static partial class GoldenOps
{
    private static Dictionary<string, Op> Windows => new()
    {
        ["conv1d"] = Several((x, a) => x[0].Conv1d(x[1], x[2], a.Int("stride"), a.Int("padding"), a.Int("dilation"), a.Int("groups"))),
        ["conv2d"] = Several((x, a) => x[0].Conv2d(x[1], x[2], a.Int("stride"), a.Int("padding"), a.Int("dilation"), a.Int("groups"))),
        ["conv3d"] = Several((x, a) => x[0].Conv3d(x[1], null, a.Int("stride"), a.Int("padding"), a.Int("dilation"), a.Int("groups"))),
        ["conv_transpose1d"] = Several(ConvTranspose),
        ["conv_transpose2d"] = Several(ConvTranspose),
        ["conv_transpose3d"] = Several(ConvTranspose),
        ["max_pool1d"] = With(MaxPool),
        ["max_pool2d"] = With(MaxPool),
        ["max_pool3d"] = With(MaxPool),
        ["avg_pool1d"] = With((x, a) => x.AvgPool1d(a.Int("kernel"), a.Int("stride"), a.Int("padding"), a.Bool("include"), a.Bool("ceil"))),
        ["avg_pool2d"] = With((x, a) => x.AvgPool2d(a.Int("kernel"), a.Int("stride"), a.Int("padding"), a.Bool("include"), a.Bool("ceil"))),
        ["avg_pool3d"] = With((x, a) => x.AvgPool3d(a.Int("kernel"), a.Int("stride"), a.Int("padding"), a.Bool("include"), a.Bool("ceil"))),
        ["adaptive_avg_pool2d"] = With((x, a) => x.AdaptiveAvgPool2d(a.Int("size"))),
        ["adaptive_max_pool2d"] = With((x, a) => x.AdaptiveMaxPool2d(a.Int("size"))),
        ["lp_pool2d"] = With((x, a) => x.LpPool2d(a.Int("p"), a.Int("kernel"))),
        ["unfold2d"] = With((x, a) => x.Unfold(a.Int("kernel"), a.Int("dilation"), a.Int("padding"), a.Int("stride"))),
        ["fold2d"] = With((x, a) => x.Fold(a.Ints("size"), a.Int("kernel"), a.Int("dilation"), a.Int("padding"), a.Int("stride"))),
        ["interpolate"] = With((x, a) => x.Interpolate(a.Ints("size"), mode: Mode(a.Text("mode")), alignCorners: a.Bool("corners"))),
        ["grid_sample"] = Several((x, a) => x[0].GridSample(x[1], Mode(a.Text("mode")), Enum.Parse<GridPadding>(a.Text("padding"), ignoreCase: true), a.Bool("corners"))),
        ["affine_grid"] = With((x, a) => x.AffineGrid(a.Ints("size")[2..], a.Bool("corners"))),
        ["pixel_shuffle"] = With((x, a) => x.PixelShuffle(a.Int("factor"))),
        ["pixel_unshuffle"] = With((x, a) => x.PixelUnshuffle(a.Int("factor"))),
    };

    private static Tensor ConvTranspose(Tensor[] x, GoldenArgs a) =>
        x[0].ConvTranspose(x[1], x.ElementAtOrDefault(2), a.Int("stride"), a.Int("padding"), a.Int("output_padding"), a.Int("dilation"), a.Int("groups"));

    private static Tensor MaxPool(Tensor x, GoldenArgs a) => x.MaxPool((long[])[.. Enumerable.Repeat((long)a.Int("kernel"), x.Rank - 2)], a.Int("stride"), a.Int("padding"), ceilMode: a.Bool("ceil"));

    private static Interpolation Mode(string name) => name switch
    {
        "nearest" => Interpolation.Nearest,
        "nearest-exact" => Interpolation.NearestExact,
        "area" => Interpolation.Area,
        "bicubic" => Interpolation.Cubic,
        _ => Interpolation.Linear,
    };
}
