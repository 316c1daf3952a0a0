using Tenon.Models;
using Tenon.NN;
using Tenon.Optim;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class ModelTests
{
    private static readonly LlamaOptions SmallLlama = new() { Vocabulary = 11, Dimensions = 8, HiddenDimensions = 12, Layers = 2, Heads = 4, KeyValueHeads = 2, Context = 8 };

    [Test]
    public void ResNetsHaveTheParametersOfTorchvision()
    {
        var resnet = new ResNet(50);
        Assert.That(resnet.Parameters().Sum(p => p.Count), Is.EqualTo(25_557_032));
        Assert.That(new ResNet(18).Parameters().Sum(p => p.Count), Is.EqualTo(11_689_512));
        Assert.That(resnet.StateDict().Keys, Is.SupersetOf((string[])["conv1.weight", "bn1.running_var", "layer1.0.conv3.weight", "layer1.0.downsample.0.weight", "layer4.2.bn3.bias", "fc.bias"]));
        Assert.That(resnet.Forward(Tensor.Zeros(2, 3, 64, 64)).Shape.ToArray(), Is.EqualTo((long[])[2, 1000]));
        ExpectError("TEN3088", () => _ = new ResNet(20));
    }

    [Test]
    public void Gpt2SmallHas124MillionParameters() =>
        Assert.That(new Gpt2().Parameters().Sum(p => p.Count), Is.EqualTo(124_439_808));

    [Test]
    public void TokensSeeThoseBeforeThem()
    {
        SeesThePast(new Gpt2(new() { Vocabulary = 11, Context = 8, Dimensions = 8, Layers = 2, Heads = 2 }));
        SeesThePast(new Llama(SmallLlama));
    }

    [Test]
    public void AStepLowersTheLoss()
    {
        var model = new Llama(SmallLlama);
        var optimizer = new AdamW(model, 1e-2);
        var (tokens, targets) = (Tensor.From<int>([1, 2, 3, 4], [1, 4]), Tensor.From<int>([2, 3, 4, 5]));
        var losses = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            optimizer.ZeroGrad();
            var loss = model.Forward(tokens).Reshape(4, 11).CrossEntropy(targets);
            loss.Backward();
            Assert.That(model.Parameters().All(p => p.Grad is not null), Is.True);
            optimizer.Step(loss);
            losses.Add(loss.Item<float>());
        }

        Assert.That(losses[2], Is.LessThan(losses[0] - 0.01));
    }

    private static void SeesThePast(Module model)
    {
        var a = model.Forward(Tensor.From<int>([1, 2, 3, 4], [1, 4]));
        var b = model.Forward(Tensor.From<int>([1, 2, 3, 9], [1, 4]));
        Assert.That(a.Shape.ToArray(), Is.EqualTo((long[])[1, 4, 11]));
        Expect(a[.., ..3], b[.., ..3], 1e-5);
        Assert.That(a[.., 3].Values(), Is.Not.EqualTo(b[.., 3].Values()));
    }
}
