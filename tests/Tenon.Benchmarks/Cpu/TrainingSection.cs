using Tenon.Cli.Bench;
using Tenon.Cli.Mnist;
using Tenon.Models;
using Tenon.NN;
using Tenon.Optim;

namespace Tenon.Benchmarks;

/// <summary>Steps of training: forward, backward, and the optimiser's update.</summary>
internal static class TrainingSection
{
    private const int Digits = 64;
    private const int Sequences = 4;
    private static readonly Gpt2Options Gpt = new() { Vocabulary = 65, Context = 256, Dimensions = 384, Layers = 6, Heads = 6 };

    private static IEnumerable<(string Name, KernelInput[] Inputs, Func<(Module, Optimizer)> Create, string Torch)> Cases =>
    [
        ($"digits, batch {Digits}, Adam", [new(Digits, 1, 28, 28), new(Digits) { Below = 10 }], () => With(DigitNetwork.Create(), m => new Adam(m.Parameters(), 1e-3)), "training.digits(x[0], x[1])"),
        ($"GPT of 10.7 M parameters, {Sequences}x{Gpt.Context} tokens, AdamW", [Tokens, Tokens], () => With(new Gpt2(Gpt), m => new AdamW(m.Parameters(), 1e-3)), $"training.gpt(x[0], x[1], {Gpt.Vocabulary}, {Gpt.Context}, {Gpt.Dimensions}, {Gpt.Layers}, {Gpt.Heads})"),
    ];

    private static KernelInput Tokens => new(Sequences, Gpt.Context) { Below = Gpt.Vocabulary };

    public static void Run(CpuBenchmark benchmark)
    {
        foreach (var test in Cases.Where(c => benchmark.Wants(c.Name)))
        {
            foreach (var threads in benchmark.Threads(Environment.ProcessorCount))
            {
                var runtime = benchmark.Runtimes.Use(threads);
                var (model, optimizer) = test.Create();
                Tensor[] inputs = [.. test.Inputs.Select((input, i) => input.Create(i))];
                var step = Jit.Capture((Tensor x, Tensor y) =>
                {
                    optimizer.ZeroGrad();
                    var logits = model.Forward(x);
                    var loss = logits.Reshape(-1, logits.Size(-1)).CrossEntropy(y.Flatten());
                    loss.Backward();
                    optimizer.Step(loss);
                    return loss;
                });
                void Step()
                {
                    if (float.IsNaN(step(inputs[0], inputs[1]).Item<float>()))
                    {
                        throw new InvalidOperationException($"The loss of '{test.Name}' is not a number.");
                    }
                }

                var contestants = new List<Func<int, double[]>> { KernelTimer.Each(Step, benchmark.Options.ProcessorTime) };
                if (benchmark.Python is { Torch: not null } python)
                {
                    python.Prepare(test.Inputs, new PeerExpression("torch", "step()", $"step = {test.Torch}"), threads);
                    contestants.Add(n => python.Run(n, benchmark.Options.ProcessorTime));
                }

                var times = Race.Run(contestants);
                benchmark.Report.Add(new Comparison("training", test.Name, threads, times[0], times.Length == 1 ? [] : new Dictionary<string, Times> { ["torch"] = times[1] }));
            }
        }
    }

    private static (Module, Optimizer) With(Module model, Func<Module, Optimizer> optimizer) => (model, optimizer(model));
}
