namespace Tenon.Cli.Mnist;

/// <summary>
/// Loss and accuracy of the steps of an epoch. A step's results are kept on the device until some have come together,
/// because reading one waits for the device.
/// </summary>
internal sealed class RunningMean(int batch)
{
    private const int ReadEvery = 10;
    private readonly List<(Tensor Loss, Tensor Correct)> _pending = [];
    private double _lossSum;
    private double _correctSum;

    /// <summary>Steps whose results have been read.</summary>
    public int Steps { get; private set; }

    /// <summary>The mean loss so far.</summary>
    public double Loss => _lossSum / Math.Max(1, Steps);

    /// <summary>The share of digits that were recognised so far.</summary>
    public double Accuracy => _correctSum / Math.Max(1, Steps) / batch;

    /// <summary>Adds the results of a step.</summary>
    public void Add(Tensor loss, Tensor correct)
    {
        _pending.Add((loss, correct));
        if (_pending.Count == ReadEvery)
        {
            Read();
        }
    }

    /// <summary>Waits for the results that are still on the device.</summary>
    public void Read()
    {
        foreach (var (loss, correct) in _pending)
        {
            _lossSum += loss.Item<float>();
            _correctSum += correct.Item<int>();
            Steps++;
        }

        _pending.Clear();
    }
}
