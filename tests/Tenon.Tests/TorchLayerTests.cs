using Tenon.NN;

namespace Tenon.Tests;

/// <summary>Every layer, with its options, gives PyTorch's outputs and gradients over several steps, and its state at the end.</summary>
internal sealed class TorchLayerTests
{
    private delegate IEnumerable<Tensor?> Call(Tensor[] x);

    private static readonly Dictionary<string, Func<(Module Module, Call Forward)>> Layers = new()
    {
        ["linear"] = () => Of(new Linear(4, 5)),
        ["linear no bias"] = () => Of(new Linear(4, 5, bias: false)),
        ["bilinear"] = () => Of(new Bilinear(4, 3, 5), (m, x) => [m.Forward(x[0], x[1])]),
        ["bilinear no bias"] = () => Of(new Bilinear(4, 3, 2, bias: false), (m, x) => [m.Forward(x[0], x[1])]),
        ["identity"] = () => Of(new Identity()),
        ["flatten"] = () => Of(new Flatten()),
        ["unflatten"] = () => Of(new Unflatten(1, [2, 3])),
        ["sequential"] = () => Of(new Sequential(new Linear(4, 3), Activation.Tanh, new Sequential(new Linear(3, 2), Activation.Relu))),
        ["conv 1d"] = () => Of(new Conv1d(4, 3, 3)),
        ["conv 2d"] = () => Of(new Conv2d(4, 3, 3)),
        ["conv 3d"] = () => Of(new Conv3d(4, 3, 3)),
        ["conv 1d options"] = () => Of(new Conv1d(4, 6, 2, 2, 1, 2, 2, false)),
        ["conv 2d options"] = () => Of(new Conv2d(4, 6, 2, 2, 1, 2, 2, false)),
        ["conv 3d options"] = () => Of(new Conv3d(4, 6, 2, 2, 1, 2, 2, false)),
        ["conv 1d alone"] = () => Of(new Conv1d(4, 2, 2)),
        ["conv 2d alone"] = () => Of(new Conv2d(4, 2, 2)),
        ["conv 3d alone"] = () => Of(new Conv3d(4, 2, 2)),
        ["conv transposed 1d"] = () => Of(new ConvTranspose1d(4, 3, 2)),
        ["conv transposed 2d"] = () => Of(new ConvTranspose2d(4, 3, 2)),
        ["conv transposed 3d"] = () => Of(new ConvTranspose3d(4, 3, 2)),
        ["conv transposed 1d options"] = () => Of(new ConvTranspose1d(4, 2, 3, 2, 1, 1, 2, false, 2)),
        ["conv transposed 2d options"] = () => Of(new ConvTranspose2d(4, 2, 3, 2, 1, 1, 2, false, 2)),
        ["conv transposed 3d options"] = () => Of(new ConvTranspose3d(4, 2, 3, 2, 1, 1, 2, false, 2)),
        ["conv circular"] = () => Of(new Conv2d(2, 2, (3, 2), padding: (1, 2), paddingMode: PadMode.Circular)),
        ["conv reflect"] = () => Of(new Conv1d(2, 2, 3, padding: Padding.Same, dilation: 2, paddingMode: PadMode.Reflect)),
        ["max pool 1d"] = () => Of(new MaxPool1d(2)),
        ["max pool 2d"] = () => Of(new MaxPool2d(2)),
        ["max pool 3d"] = () => Of(new MaxPool3d(2)),
        ["max pool 1d options"] = () => Of(new MaxPool1d(3, 2, 1, ceilMode: true)),
        ["max pool 2d options"] = () => Of(new MaxPool2d(3, 2, 1, ceilMode: true)),
        ["max pool 3d options"] = () => Of(new MaxPool3d(3, 2, 1, ceilMode: true)),
        ["max unpool 1d"] = () => Of(new MaxPool1d(2), (m, x) => m.ForwardWithIndices(x[0]) is var (v, i) ? [new MaxUnpool1d(2).Forward(v, i, x[0].Size(-1))] : []),
        ["max unpool 2d"] = () => Of(new MaxPool2d(2), (m, x) => m.ForwardWithIndices(x[0]) is var (v, i) ? [new MaxUnpool2d(2).Forward(v, i, (x[0].Size(-2), x[0].Size(-1)))] : []),
        ["max unpool 3d"] = () => Of(new MaxPool3d(2), (m, x) => m.ForwardWithIndices(x[0]) is var (v, i) ? [new MaxUnpool3d(2).Forward(v, i, (x[0].Size(-3), x[0].Size(-2), x[0].Size(-1)))] : []),
        ["avg pool 1d"] = () => Of(new AvgPool1d(2)),
        ["avg pool 2d"] = () => Of(new AvgPool2d(2)),
        ["avg pool 3d"] = () => Of(new AvgPool3d(2)),
        ["avg pool 1d options"] = () => Of(new AvgPool1d(3, 2, 1, true, false)),
        ["avg pool 2d options"] = () => Of(new AvgPool2d(3, 2, 1, true, false)),
        ["avg pool 3d options"] = () => Of(new AvgPool3d(3, 2, 1, true, false)),
        ["adaptive avg pool 1d"] = () => Of(new AdaptiveAvgPool1d(3)),
        ["adaptive avg pool 2d"] = () => Of(new AdaptiveAvgPool2d(3)),
        ["adaptive avg pool 3d"] = () => Of(new AdaptiveAvgPool3d(3)),
        ["adaptive max pool 1d"] = () => Of(new AdaptiveMaxPool1d(3)),
        ["adaptive max pool 2d"] = () => Of(new AdaptiveMaxPool2d(3)),
        ["adaptive max pool 3d"] = () => Of(new AdaptiveMaxPool3d(3)),
        ["lp pool 1d"] = () => Of(new LpPool1d(2, 2, 2)),
        ["lp pool 2d"] = () => Of(new LpPool2d(2, 2, 2)),
        ["reflection pad 1d"] = () => Of(new ReflectionPad1d(2)),
        ["reflection pad 2d"] = () => Of(new ReflectionPad2d(2)),
        ["replication pad 1d"] = () => Of(new ReplicationPad1d(1)),
        ["replication pad 2d"] = () => Of(new ReplicationPad2d(1)),
        ["replication pad 3d"] = () => Of(new ReplicationPad3d(1)),
        ["constant pad 1d"] = () => Of(new ConstantPad1d(Padding.Sides(1, 2), 0.5)),
        ["constant pad 2d"] = () => Of(new ConstantPad2d(Padding.Sides(1, 2), 0.5)),
        ["constant pad 3d"] = () => Of(new ConstantPad3d(Padding.Sides(1, 2), 0.5)),
        ["zero pad 2d"] = () => Of(new ConstantPad2d(Padding.Sides((0, 1), (1, 2)))),
        ["instance norm 1d"] = () => Of(new InstanceNorm1d(4)),
        ["instance norm 2d"] = () => Of(new InstanceNorm2d(4)),
        ["instance norm 3d"] = () => Of(new InstanceNorm3d(4)),
        ["instance norm 1d options"] = () => Of(new InstanceNorm1d(4, affine: true, trackStatistics: true)),
        ["instance norm 2d options"] = () => Of(new InstanceNorm2d(4, affine: true, trackStatistics: true)),
        ["instance norm 3d options"] = () => Of(new InstanceNorm3d(4, affine: true, trackStatistics: true)),
        ["batch norm 1d"] = () => Of(new BatchNorm1d(4)),
        ["batch norm 2d"] = () => Of(new BatchNorm2d(4)),
        ["batch norm 3d"] = () => Of(new BatchNorm3d(4)),
        ["batch norm 1d in use"] = () => Of(new BatchNorm1d(4)),
        ["batch norm 2d in use"] = () => Of(new BatchNorm2d(4)),
        ["batch norm 3d in use"] = () => Of(new BatchNorm3d(4)),
        ["batch norm flat"] = () => Of(new BatchNorm1d(4)),
        ["batch norm cumulative"] = () => Of(new BatchNorm1d(4, momentum: null)),
        ["batch norm bare"] = () => Of(new BatchNorm1d(4, affine: false, trackStatistics: false)),
        ["group norm"] = () => Of(new GroupNorm(2, 4)),
        ["group norm bare"] = () => Of(new GroupNorm(2, 4, affine: false)),
        ["layer norm"] = () => Of(new LayerNorm([3, 4])),
        ["layer norm bare"] = () => Of(new LayerNorm([4], affine: false)),
        ["rms norm"] = () => Of(new RmsNorm(4)),
        ["local response norm"] = () => Of(new LocalResponseNorm(3, 0.5, 0.7, 2)),
        ["upsample nearest"] = () => Of(new Upsample(scale: [2])),
        ["upsample bilinear"] = () => Of(new Upsample(scale: [2], mode: Interpolation.Linear)),
        ["upsample bicubic"] = () => Of(new Upsample((5, 3), mode: Interpolation.Cubic, alignCorners: true)),
        ["upsample linear"] = () => Of(new Upsample(7, mode: Interpolation.Linear)),
        ["pixel shuffle"] = () => Of(new PixelShuffle(2)),
        ["pixel unshuffle"] = () => Of(new PixelUnshuffle(2)),
        ["channel shuffle"] = () => Of(new ChannelShuffle(2)),
        ["unfold"] = () => Of(new Unfold((2, 3), padding: 1, stride: 2)),
        ["fold"] = () => Of(new Fold((4, 5), 2, padding: 1)),
        ["embedding"] = () => Of(new Embedding(5, 3)),
        ["embedding padding"] = () => Of(new Embedding(5, 3, padding: 2)),
        ["embedding max norm"] = () => Of(new Embedding(5, 3, maxNorm: 0.75)),
        ["bag mean"] = () => Of(new EmbeddingBag(5, 3)),
        ["bag sum"] = () => Of(new EmbeddingBag(5, 3, BagMode.Sum)),
        ["bag max"] = () => Of(new EmbeddingBag(5, 3, BagMode.Max)),
        ["bag mean offsets"] = () => Of(new EmbeddingBag(5, 3, padding: 4), (m, x) => [m.Forward(x[0], x[1])]),
        ["bag sum offsets"] = () => Of(new EmbeddingBag(5, 3, BagMode.Sum, padding: 4), (m, x) => [m.Forward(x[0], x[1])]),
        ["bag max offsets"] = () => Of(new EmbeddingBag(5, 3, BagMode.Max, padding: 4), (m, x) => [m.Forward(x[0], x[1])]),
        ["bag weights"] = () => Of(new EmbeddingBag(5, 3, BagMode.Sum), (m, x) => [m.Forward(x[0], null, x[1])]),
        ["rnn"] = () => Rnn(new(3, 4)),
        ["rnn deep"] = () => Rnn(new(3, 2, new(2, Bidirectional: true, BatchFirst: true))),
        ["rnn no bias"] = () => Rnn(new(3, 2, new(Bias: false))),
        ["rnn long"] = () => Rnn(new(2, 2)),
        ["rnn relu"] = () => Rnn(new(3, 4, relu: true)),
        ["rnn state"] = () => Rnn(new(3, 4, new(2))),
        ["gru"] = () => Gru(new(3, 4)),
        ["gru deep"] = () => Gru(new(3, 2, new(2, Bidirectional: true, BatchFirst: true))),
        ["gru no bias"] = () => Gru(new(3, 2, new(Bias: false))),
        ["gru long"] = () => Gru(new(2, 2)),
        ["gru state"] = () => Gru(new(3, 4, new(Bidirectional: true))),
        ["lstm"] = () => Lstm(new(3, 4)),
        ["lstm deep"] = () => Lstm(new(3, 2, new(2, Bidirectional: true, BatchFirst: true))),
        ["lstm no bias"] = () => Lstm(new(3, 2, new(Bias: false))),
        ["lstm long"] = () => Lstm(new(2, 2)),
        ["lstm state"] = () => Lstm(new(3, 4)),
        ["lstm projection"] = () => Lstm(new(3, 4, new(2, Projection: 2, Bidirectional: true))),
        ["rnn cell"] = () => Of(new RnnCell(3, 4), (m, x) => [m.Forward(x[0], x[1])]),
        ["rnn cell relu"] = () => Of(new RnnCell(3, 4, false, true)),
        ["gru cell"] = () => Of(new GruCell(3, 4), (m, x) => [m.Forward(x[0], x[1])]),
        ["lstm cell"] = () => Of(new LstmCell(3, 4), (m, x) => m.Forward(x[0], (x[1], x[2])) is var (h, c) ? [h, c] : []),
        ["lstm cell zero"] = () => Of(new LstmCell(3, 4), (m, x) => m.Forward(x[0], null) is var (h, c) ? [h, c] : []),
        ["attention"] = () => Attention(new(4, 2), (m, x) => m.Forward(x[0], x[1], x[2])),
        ["attention self"] = () => Attention(new(4, 2, batchFirst: true), (m, x) => m.Forward(x[0], x[0], x[0])),
        ["attention alone"] = () => Attention(new(4, 2, bias: false), (m, x) => m.Forward(x[0], x[1], x[2])),
        ["attention masks"] = () => Attention(new(4, 2), (m, x) => m.Forward(x[0], x[1], x[2], x[3], mask: x[4], averageWeights: false)),
        ["attention added mask"] = () => Attention(new(4, 2), (m, x) => m.Forward(x[0], x[1], x[2], mask: x[3])),
        ["attention sizes"] = () => Attention(new(4, 2, keySize: 3, valueSize: 5), (m, x) => m.Forward(x[0], x[1], x[2])),
        ["attention added keys"] = () => Attention(new(4, 2, addBias: true, addZero: true), (m, x) => m.Forward(x[0], x[1], x[2], x[3])),
        ["encoder layer"] = () => Of(new TransformerEncoderLayer(4, 2, Small)),
        ["encoder layer options"] = () => Of(
            new TransformerEncoderLayer(4, 2, Small with { Activation = x => x.Gelu(), NormFirst = true, BatchFirst = true }), (m, x) => [m.Forward(x[0], null, x[1])]),
        ["decoder layer"] = () => Of(new TransformerDecoderLayer(4, 2, Small), (m, x) => [m.Forward(x[0], x[1], mask: x[2], memoryPaddingMask: x[3])]),
        ["decoder layer options"] = () => Of(new TransformerDecoderLayer(4, 2, Small with { NormFirst = true, BatchFirst = true }), (m, x) => [m.Forward(x[0], x[1])]),
        ["encoder"] = () => Of(new TransformerEncoder(2, () => new(4, 2, Small), new LayerNorm([4]))),
        ["decoder"] = () => Of(new TransformerDecoder(2, () => new(4, 2, Small)), (m, x) => [m.Forward(x[0], x[1])]),
        ["transformer"] = () => Of(new Transformer(4, 2, 1, 1, Small), (m, x) => [m.Forward(x[0], x[1], targetMask: Transformer.CausalMask(3))]),
        ["relu"] = () => Of(Activation.Relu),
        ["relu6"] = () => Of(Activation.Relu6),
        ["leaky relu"] = () => Of(Activation.LeakyRelu(0.1)),
        ["elu"] = () => Of(Activation.Elu(0.7)),
        ["celu"] = () => Of(Activation.Celu(0.7)),
        ["selu"] = () => Of(Activation.Selu),
        ["gelu"] = () => Of(Activation.Gelu),
        ["gelu tanh"] = () => Of(Activation.GeluTanh),
        ["silu"] = () => Of(Activation.Silu),
        ["mish"] = () => Of(Activation.Mish),
        ["tanh"] = () => Of(Activation.Tanh),
        ["sigmoid"] = () => Of(Activation.Sigmoid),
        ["log sigmoid"] = () => Of(Activation.LogSigmoid),
        ["hard sigmoid"] = () => Of(Activation.HardSigmoid),
        ["hard swish"] = () => Of(Activation.HardSwish),
        ["hard tanh"] = () => Of(Activation.HardTanh(-0.75, 1.5)),
        ["softplus"] = () => Of(Activation.Softplus(2)),
        ["softsign"] = () => Of(Activation.Softsign),
        ["tanh shrink"] = () => Of(Activation.TanhShrink),
        ["soft shrink"] = () => Of(Activation.SoftShrink(0.25)),
        ["hard shrink"] = () => Of(Activation.HardShrink(0.75)),
        ["threshold"] = () => Of(Activation.Threshold(0.1, -3)),
        ["glu"] = () => Of(Activation.Glu()),
        ["softmax"] = () => Of(Activation.Softmax()),
        ["softmin"] = () => Of(Activation.Softmin()),
        ["log softmax"] = () => Of(Activation.LogSoftmax(0)),
        ["softmax 2d"] = () => Of(Activation.Softmax(-3)),
        ["rrelu in use"] = () => Of(new RRelu(0.1, 0.3)),
        ["prelu"] = () => Of(new PRelu()),
        ["prelu channels"] = () => Of(new PRelu(3)),
    };

    private static TransformerOptions Small => new(Feedforward: 6, Dropout: 0);

    [TestCaseSource(nameof(Names))]
    public void IsPyTorchs(string name)
    {
        var (module, forward) = Layers[name]();
        new TorchCase("layer", name).Run(module, x => forward(x).OfType<Tensor>(), train: !name.EndsWith(" in use", StringComparison.Ordinal));
    }

    [Test]
    public void EveryLayerIsCompared() => Assert.That(TorchCase.Names("layer"), Is.EquivalentTo(Layers.Keys));

    private static IEnumerable<string> Names() => TorchCase.Names("layer");

    private static (Module, Call) Of(Module module) => (module, x => [module.Forward(x[0])]);

    private static (Module, Call) Of<T>(T module, Func<T, Tensor[], IEnumerable<Tensor?>> forward) where T : Module => (module, x => forward(module, x));

    private static (Module, Call) Attention(MultiheadAttention module, Func<MultiheadAttention, Tensor[], (Tensor, Tensor?)> forward) =>
        (module, x => forward(module, x) is var (output, weights) ? [output, weights] : []);

    private static (Module, Call) Rnn(Rnn module) => (module, x => module.Forward(x[0], x.ElementAtOrDefault(1)) is var (y, h) ? [y, h] : []);

    private static (Module, Call) Gru(Gru module) => (module, x => module.Forward(x[0], x.ElementAtOrDefault(1)) is var (y, h) ? [y, h] : []);

    private static (Module, Call) Lstm(Lstm module) =>
        (module, x => module.Forward(x[0], x.Length > 1 ? (x[1], x[2]) : null) is var (y, (h, c)) ? [y, h, c] : []);
}
