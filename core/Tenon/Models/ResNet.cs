using Tenon.NN;

namespace Tenon.Models;

/// <summary>
/// Residual networks that classify pictures <c>[N, 3, H, W]</c>. Parameters are named as torchvision names them.
/// </summary>
/// <remarks>He et al., arXiv:1512.03385, with the stride of a bottleneck in its 3×3 convolution.</remarks>
public sealed class ResNet : Module
{
    private readonly Conv2d _conv1;
    private readonly BatchNorm2d _bn1;
    private readonly Sequential[] _layers;
    private readonly Linear _fc;

    /// <summary>A network with random parameters.</summary>
    /// <param name="depth">18, 34, 50, 101 or 152.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <exception cref="TenonException">There is no network of that depth.</exception>
    public ResNet(int depth, int classes = 1000)
    {
        int[] blocks = depth switch
        {
            18 => [2, 2, 2, 2],
            34 or 50 => [3, 4, 6, 3],
            101 => [3, 4, 23, 3],
            152 => [3, 8, 36, 3],
            _ => throw new TenonException("TEN3088", $"A ResNet of depth {depth}. Expected 18, 34, 50, 101 or 152."),
        };
        var expansion = depth < 50 ? 1 : ResNetBlock.BottleneckExpansion;
        _conv1 = Child("conv1", new Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false));
        _bn1 = Child("bn1", new BatchNorm2d(64));
        _layers = new Sequential[blocks.Length];
        var channels = 64;
        for (var i = 0; i < blocks.Length; i++)
        {
            var (layer, width) = (new Module[blocks[i]], 64 << i);
            for (var j = 0; j < layer.Length; j++)
            {
                layer[j] = new ResNetBlock(channels, width, expansion, stride: i > 0 && j == 0 ? 2 : 1);
                channels = width * expansion;
            }

            _layers[i] = Child($"layer{i + 1}", new Sequential(layer));
        }

        _fc = Child("fc", new Linear(channels, classes));
    }

    /// <summary>The logits <c>[N, classes]</c> of pictures <c>[N, 3, H, W]</c>.</summary>
    public override Tensor Forward(Tensor x)
    {
        x = _bn1.Forward(_conv1.Forward(x)).Relu().MaxPool2d(3, stride: 2, padding: 1);
        foreach (var layer in _layers)
        {
            x = layer.Forward(x);
        }

        return _fc.Forward(x.Mean([2, 3]));
    }
}
