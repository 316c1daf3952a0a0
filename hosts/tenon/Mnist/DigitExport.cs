using Tenon.Cli.Output;
using Tenon.NN;
using Tenon.State;
using Tenon.Web;

namespace Tenon.Cli.Mnist;

/// <summary>The network for digits as a page on which one draws.</summary>
internal static class DigitExport
{
    /// <summary>The page.</summary>
    public static WebPage Page { get; } = new(new Dictionary<string, byte[]>(WebPage.FromResources(typeof(DigitExport), "digits/").Files) { ["style.css"] = WebPage.Plain.Files["style.css"] });

    /// <summary>The network with weights that are loaded or learnt; null if that was interrupted.</summary>
    public static WebModel? Train(TrainOptions options, TrainDisplay display, CancellationToken interrupt)
    {
        Sequential network;
        if (options.Load is { } file)
        {
            network = DigitNetwork.Create();
            network.LoadStateDict(Safetensors.Load(file));
        }
        else
        {
            Tensor.ManualSeed((ulong)options.Seed);
            var trainer = new MnistTrainer(options, BundledDigits.Read(options.Data).Training);
            display.Run(trainer, options.Epochs, interrupt);
            network = trainer.Model;
        }

        return interrupt.IsCancellationRequested ? null : Of(network, Data.Mnist.ReadTest(options.Data).Read([0])[0]);
    }

    // From grey values of 0 to 1, as a page draws them, to probabilities.
    private static WebModel Of(Sequential network, Tensor digit) => new()
    {
        Name = "Digits",
        Inputs = [("image", digit)],
        Outputs = ["probabilities"],
        Weights = network.StateDict().ToDictionary(),
        Function = given => [network.Forward(BundledDigits.Normalised(given[0])).Softmax(1)],
    };
}
