using Tenon.NN;

namespace Tenon.Benchmarks;

/// <summary>ResNet-50 for pictures <c>[N, 3, 224, 224]</c>, as in He et al., arXiv:1512.03385, with the stride in the 3×3 convolutions.</summary>
internal sealed class ResNet50 : Module
{
    private readonly Module _body;

    public ResNet50()
    {
        var parts = new List<Module>
        {
            new Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false),
            new BatchNorm2d(64),
            Activation.Relu,
            new MaxPool2d(3, stride: 2, padding: 1),
        };
        var channels = 64;
        foreach (var (width, blocks, stride) in new[] { (64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2) })
        {
            for (var i = 0; i < blocks; i++)
            {
                parts.Add(new Bottleneck(channels, width, i == 0 ? stride : 1));
                channels = width * 4;
            }
        }

        parts.Add(new Activation(x => x.Mean([2, 3])));
        parts.Add(new Linear(channels, 1000));
        _body = Child("body", new Sequential([.. parts]));
    }

    public override Tensor Forward(Tensor x) => _body.Forward(x);

    private sealed class Bottleneck : Module
    {
        private readonly Module _body;
        private readonly Module? _shortcut;

        public Bottleneck(int inputs, int width, int stride)
        {
            _body = Child("body", new Sequential(
                new Conv2d(inputs, width, 1, bias: false),
                new BatchNorm2d(width),
                Activation.Relu,
                new Conv2d(width, width, 3, stride, padding: 1, bias: false),
                new BatchNorm2d(width),
                Activation.Relu,
                new Conv2d(width, width * 4, 1, bias: false),
                new BatchNorm2d(width * 4)));
            if (stride != 1 || inputs != width * 4)
            {
                _shortcut = Child("shortcut", new Sequential(new Conv2d(inputs, width * 4, 1, stride, bias: false), new BatchNorm2d(width * 4)));
            }
        }

        public override Tensor Forward(Tensor x) => (_body.Forward(x) + (_shortcut?.Forward(x) ?? x)).Relu();
    }
}
