namespace Tenon.Golden.Tests;

internal static partial class GoldenOps
{
    private static Dictionary<string, Op> Networks => new()
    {
        ["softmax"] = With((x, a) => x.Softmax(a.Int("axis"))),
        ["log_softmax"] = With((x, a) => x.LogSoftmax(a.Int("axis"))),
        ["layer_norm"] = Several((x, a) => x[0].LayerNorm(a.Int("axes"), x[1], x[2])),
        ["attention"] = Several((x, a) => x[0].ScaledDotProductAttention(x[1], x[2], isCausal: a.Bool("causal"))),
        ["mse_loss"] = Several((x, a) => x[0].MseLoss(x[1], Mode(a))),
        ["cross_entropy"] = Several((x, a) => x[0].CrossEntropy(x[1], labelSmoothing: a.Double("smoothing"), reduction: Mode(a))),
        ["nll_loss"] = Several((x, a) => x[0].NllLoss(x[1], reduction: Mode(a))),
        ["bce"] = Several((x, a) => x[0].BinaryCrossEntropy(x[1], reduction: Mode(a))),
        ["bce_logits"] = Several((x, a) => x[0].BinaryCrossEntropyWithLogits(x[1], reduction: Mode(a))),
        ["group_norm"] = Several((x, a) => x[0].GroupNorm(a.Int("groups"), x[1], x[2])),
        ["instance_norm"] = Several((x, _) => x[0].InstanceNorm(x[1], x[2])),
        ["batch_norm"] = Several((x, _) => x[0].BatchNorm(x[1], x[2], x[3], x[4])),
        ["normalize"] = With((x, a) => x.Normalize(axis: a.Int("axis"))),
        ["local_response_norm"] = With((x, a) => x.LocalResponseNorm(a.Int("size"))),
        ["l1_loss"] = Several((x, a) => x[0].L1Loss(x[1], Mode(a))),
        ["smooth_l1_loss"] = Several((x, a) => x[0].SmoothL1Loss(x[1], reduction: Mode(a))),
        ["huber_loss"] = Several((x, a) => x[0].HuberLoss(x[1], reduction: Mode(a))),
        ["kl_div"] = Several((x, a) => x[0].KlDivergence(x[1], reduction: Mode(a))),
    };

    private static Reduction Mode(GoldenArgs a) => Enum.Parse<Reduction>(a.Text("reduction"), ignoreCase: true);
}
