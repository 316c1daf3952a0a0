using Tenon.State;

namespace Tenon.Optim;

/// <summary>Lowers the rates when a measure has not improved for some time.</summary>
/// <param name="optimizer">Whose rates.</param>
/// <param name="factor">What rates are multiplied by.</param>
/// <param name="patience">How many measures without improvement are borne.</param>
/// <param name="threshold">The least improvement that counts.</param>
/// <param name="isRelative">Whether it is a share of the best measure, rather than a difference.</param>
/// <param name="cooldown">How many measures after a change don't count.</param>
/// <param name="least">The least rate.</param>
/// <param name="epsilon">A change below this is not made.</param>
/// <param name="maximize">Whether a greater measure is a better one.</param>
public sealed class PlateauScheduler(
    Optimizer optimizer, double factor = 0.1, int patience = 10, double threshold = 1e-4, bool isRelative = true, int cooldown = 0, double least = 0,
    double epsilon = 1e-8, bool maximize = false) : IStateful
{
    private double _best = maximize ? double.NegativeInfinity : double.PositiveInfinity;
    private int _bad;
    private int _resting;

    /// <summary>Takes note of a measure, such as the loss of an epoch, and lowers the rates if it is time.</summary>
    public void Step(double measure)
    {
        var isBetter = IsBetter(measure);
        _best = isBetter ? measure : _best;
        _bad = isBetter ? 0 : _bad + 1;
        if (_resting > 0)
        {
            _resting--;
            _bad = 0;
        }

        if (_bad > patience)
        {
            foreach (var group in optimizer.Groups)
            {
                var next = Math.Max(group.LearningRate * factor, least);
                group.LearningRate = group.LearningRate - next > epsilon ? next : group.LearningRate;
            }

            (_resting, _bad) = (cooldown, 0);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> StateDict() => new Dictionary<string, Tensor>
    {
        ["best"] = Tensor.From<double>([_best]),
        ["bad"] = Tensor.From<long>([_bad]),
        ["resting"] = Tensor.From<long>([_resting]),
    };

    /// <inheritdoc/>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true)
    {
        var own = StateDict();
        StateLoading.Load(nameof(PlateauScheduler), own, state, strict);
        (_best, _bad, _resting) = (own["best"].Item<double>(), (int)own["bad"].Item<long>(), (int)own["resting"].Item<long>());
    }

    private bool IsBetter(double measure)
    {
        var sign = maximize ? 1 : -1;
        return isRelative
            ? maximize ? measure > _best * (1 + threshold) : measure < _best * (1 - threshold)
            : sign * measure > sign * _best + threshold;
    }
}
