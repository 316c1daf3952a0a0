using Tenon.NN;

namespace Tenon.Models;

/// <summary>Convolutions whose result is added to their input: two of 3×3, or 1×1, 3×3, 1×1 if they expand the channels.</summary>
internal sealed class ResNetBlock : Module
{
    public const int BottleneckExpansion = 4;
    private readonly (Conv2d Conv, BatchNorm2d Norm)[] _steps;
    private readonly Module? _downsample;

    public ResNetBlock(int inputs, int width, int expansion, int stride)
    {
        var outputs = width * expansion;
        _steps = expansion == 1
            ? [Step(1, inputs, width, 3, stride), Step(2, width, outputs, 3, 1)]
            : [Step(1, inputs, width, 1, 1), Step(2, width, width, 3, stride), Step(3, width, outputs, 1, 1)];
        if (stride != 1 || inputs != outputs)
        {
            _downsample = Child("downsample", new Sequential(new Conv2d(inputs, outputs, 1, stride, bias: false), new BatchNorm2d(outputs)));
        }
    }

    public override Tensor Forward(Tensor x)
    {
        var y = x;
        for (var i = 0; i < _steps.Length; i++)
        {
            y = i == 0 ? y : y.Relu();
            y = _steps[i].Norm.Forward(_steps[i].Conv.Forward(y));
        }

        return (y + (_downsample?.Forward(x) ?? x)).Relu();
    }

    private (Conv2d, BatchNorm2d) Step(int number, int inputs, int outputs, int kernel, int stride) => (
        Child($"conv{number}", new Conv2d(inputs, outputs, kernel, stride, padding: kernel / 2, bias: false)),
        Child($"bn{number}", new BatchNorm2d(outputs)));
}
