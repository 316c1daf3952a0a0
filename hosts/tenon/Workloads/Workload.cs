using Tenon.Models;
using Tenon.NN;
using Tenon.Optim;

namespace Tenon.Cli.Workloads;

/// <summary>A model at work, by name: what <c>tenon explain</c> and the benchmarks compile.</summary>
/// <param name="Name">How it is named on the command line.</param>
/// <param name="Description">What it is.</param>
/// <param name="Prepare">Makes the model, with its parameters realised, and gives what makes the graph of one step.</param>
internal sealed record Workload(string Name, string Description, Func<Func<IReadOnlyList<Tensor>>> Prepare)
{
    private const int Sequence = 1024;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("resnet50", "ResNet-50, forward, 64 pictures", () => Forward(new ResNet(50), [64, 3, 224, 224])),
        new("gpt2-train", "GPT-2, forward, backward and AdamW, 1024 tokens", () => Training(new Gpt2(), new Gpt2Options().Vocabulary)),
        new("llama3-8b-train", "Llama-3 8B, forward, backward and AdamW, 1024 tokens", () => Training(LlamaOptions.Llama8B)),
        new("llama3-405b-train", "Llama-3 405B, forward, backward and AdamW, 1024 tokens", () => Training(LlamaOptions.Llama405B)),
    ];

    private static Func<IReadOnlyList<Tensor>> Forward(Module model, long[] input)
    {
        model.Eval();
        Tensor.Realize([.. model.Parameters(), .. model.Buffers()]);
        return () =>
        {
            using var noGradients = Tensor.NoGrad();
            return [model.Forward(Tensor.Empty(input))];
        };
    }

    private static Func<IReadOnlyList<Tensor>> Training(LlamaOptions options) => Training(new Llama(options with { Context = Sequence }), options.Vocabulary);

    private static Func<IReadOnlyList<Tensor>> Training(Module model, int vocabulary)
    {
        var optimizer = new AdamW(model);
        var (tokens, targets) = (Tensor.Empty([1, Sequence], DType.Int32), Tensor.Empty([Sequence], DType.Int32));
        return () =>
        {
            optimizer.ZeroGrad();
            var loss = model.Forward(tokens).Reshape(Sequence, vocabulary).CrossEntropy(targets);
            loss.Backward();
            return [.. optimizer.ScheduleStep(), loss];
        };
    }
}
