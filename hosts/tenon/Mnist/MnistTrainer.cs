using System.Diagnostics;
using Tenon.Data;
using Tenon.NN;
using Tenon.Optim;

namespace Tenon.Cli.Mnist;

/// <summary>A small convolutional network for digits, and how it learns.</summary>
internal sealed class MnistTrainer
{
    private readonly TrainOptions _options;
    private readonly Adam _optimizer;
    private readonly DataLoader _loader;
    private readonly Func<Tensor, Tensor, (Tensor Loss, Tensor Correct)> _step;
    private readonly Func<Tensor, Tensor, (Tensor Losses, Tensor Hits)> _evaluate;

    public MnistTrainer(TrainOptions options, ImageDataset digits)
    {
        if (options.Batch > digits.Count)
        {
            throw new TenonException("TEN9006", $"A batch of {options.Batch} is more than the {digits.Count} training digits of '{options.Data}'. Give --batch a smaller number.");
        }

        _options = options;
        _loader = new DataLoader(digits, new(options.Batch, Shuffle: true, options.Seed, DropLast: true));
        Model = DigitNetwork.Create();
        _optimizer = new Adam(Model.Parameters(), options.LearningRate);
        _step = Jit.Capture((Tensor images, Tensor labels) => Step(images, labels));
        _evaluate = Jit.Capture((Tensor images, Tensor labels) =>
        {
            var logits = Model.Forward(images);
            return (logits.CrossEntropy(labels, reduction: Reduction.None), logits.ArgMax(1).Eq(labels).Cast(DType.Int32));
        });
    }

    /// <summary>The network: <c>[N, 1, 28, 28]</c> to logits <c>[N, 10]</c>.</summary>
    public Sequential Model { get; }

    /// <summary>Steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>The loss of the first step, before any update.</summary>
    public double? FirstLoss { get; private set; }

    /// <summary>Steps of one epoch.</summary>
    public int StepsPerEpoch => _loader.Count;

    /// <summary>Digits of one step.</summary>
    public int BatchSize => _options.Batch;

    /// <summary>Trains on every digit once, in an order that the seed and the epoch give.</summary>
    /// <param name="epoch">0 for the first.</param>
    /// <param name="stepped">Called after each step with the means so far and the seconds since the start.</param>
    /// <param name="cancellation">Ends the epoch after the step that is running.</param>
    public EpochReport TrainEpoch(int epoch, Action<RunningMean, TimeSpan> stepped, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var mean = new RunningMean(_options.Batch);
        _loader.Epoch = epoch;
        foreach (var (images, labels) in _loader)
        {
            _optimizer.LearningRate = DecayedLearningRate();
            var (loss, correct) = _step(images, labels);
            FirstLoss ??= loss.Item<float>();
            Steps++;
            mean.Add(loss, correct);
            stepped(mean, Stopwatch.GetElapsedTime(start));
            if (cancellation.IsCancellationRequested)
            {
                break;
            }
        }

        mean.Read();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new EpochReport(epoch + 1, mean.Loss, mean.Accuracy, mean.Steps * _options.Batch / seconds, seconds);
    }

    /// <summary>Loss and accuracy over digits that it hasn't learnt from.</summary>
    public (double Loss, double Accuracy) Evaluate(ImageDataset digits)
    {
        double loss = 0, correct = 0;
        using var noGradients = Tensor.NoGrad();
        foreach (var chunk in Enumerable.Range(0, digits.Count).Chunk(_options.Batch))
        {
            // The last chunk is filled up, so that all have one shape, and the rest of its results is left out.
            var indices = chunk.Length == _options.Batch ? chunk : [.. chunk, .. Enumerable.Repeat(0, _options.Batch - chunk.Length)];
            var (images, labels) = digits.Read(indices);
            var (losses, hits) = _evaluate(images, labels);
            loss += losses.ToArray<float>().Take(chunk.Length).Sum(x => (double)x);
            correct += hits.ToArray<int>().Take(chunk.Length).Sum();
        }

        return (loss / digits.Count, correct / digits.Count);
    }

    private (Tensor Loss, Tensor Correct) Step(Tensor images, Tensor labels)
    {
        _optimizer.ZeroGrad();
        var logits = Model.Forward(images);
        var loss = logits.CrossEntropy(labels);
        var correct = logits.ArgMax(1).Eq(labels).Sum();
        loss.Backward();
        _optimizer.Step(loss, correct);
        return (loss, correct);
    }

    // Half a cosine from the full rate to a twentieth of it.
    private double DecayedLearningRate()
    {
        var progress = (double)Steps / Math.Max(1, _options.Epochs * _loader.Count);
        return _options.LearningRate * (0.05 + 0.95 * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }
}
