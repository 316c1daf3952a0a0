using Tenon.NN;

namespace Tenon.Cli.Mnist;

/// <summary>A small convolutional network for digits.</summary>
internal static class DigitNetwork
{
    /// <summary>The network with random weights: <c>[N, 1, 28, 28]</c> to logits <c>[N, 10]</c>.</summary>
    public static Sequential Create() => new(
        new Conv2d(1, 16, 5),
        Activation.Relu,
        new MaxPool2d(2),
        new Conv2d(16, 32, 5),
        Activation.Relu,
        new MaxPool2d(2),
        new Flatten(),
        new Linear(32 * 4 * 4, Data.Mnist.Classes));
}
