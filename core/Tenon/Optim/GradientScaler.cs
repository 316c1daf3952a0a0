using Tenon.State;

namespace Tenon.Optim;

/// <summary>
/// Scales losses so that gradients of 16 bits don't vanish, and leaves out steps whose gradients overflowed. All of it is
/// computed on the device: nothing waits for it.
/// </summary>
/// <remarks>
/// Micikevicius et al., arXiv:1710.03740. <c>scaler.Scale(loss).Backward(); scaler.Step(optimizer, loss);</c>, between them
/// <see cref="Unscale"/> and then clipping if wanted.
/// </remarks>
public sealed class GradientScaler : IStateful
{
    private readonly double _growth;
    private readonly double _backoff;
    private readonly int _interval;
    private readonly Tensor _scale;
    private readonly Tensor _good;
    private readonly HashSet<Optimizer> _unscaled = [];
    private Tensor? _isFinite;

    /// <summary>A scaler.</summary>
    /// <param name="initialScale">The first scale.</param>
    /// <param name="growth">What the scale is multiplied by after enough good steps.</param>
    /// <param name="backoff">What it is multiplied by after a step with infinities or NaN.</param>
    /// <param name="interval">How many good steps are enough.</param>
    /// <param name="device">Where it is computed; the default device if null.</param>
    public GradientScaler(double initialScale = 65536, double growth = 2, double backoff = 0.5, int interval = 2000, string? device = null)
    {
        (_growth, _backoff, _interval) = (growth, backoff, interval);
        device ??= TensorExecutor.Current.DefaultDevice;
        _scale = Tensor.From<float>([(float)initialScale], device);
        _good = Tensor.From<int>([0], device);
    }

    /// <summary>The scale, <c>[1]</c>.</summary>
    public Tensor CurrentScale => _scale;

    /// <summary>The loss times the scale: what to call <see cref="Tensor.Backward"/> of.</summary>
    public Tensor Scale(Tensor loss) => loss * _scale.Detach().To(loss.Device).Reshape().Cast(loss.DType);

    /// <summary>Divides the gradients of an optimizer by the scale, before they are clipped. <see cref="Step"/> does it otherwise.</summary>
    public void Unscale(Optimizer optimizer)
    {
        if (!_unscaled.Add(optimizer))
        {
            return;
        }

        using var noGrad = Tensor.NoGrad();
        foreach (var parameter in optimizer.Parameters.Where(p => p.Grad is not null))
        {
            var gradient = parameter.Grad!.Cast(parameter.DType.Bits < 32 ? DType.Float32 : parameter.DType) / _scale.To(parameter.Device);
            parameter.Grad = gradient;
            var isFinite = gradient.IsFinite().All().To(_scale.Device);
            _isFinite = _isFinite is null ? isFinite : _isFinite & isFinite;
        }
    }

    /// <summary>A step of an optimizer, unless a gradient is infinite or NaN; then the scale for the next one. One schedule.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="alsoRealize">What else to compute.</param>
    public void Step(Optimizer optimizer, params ReadOnlySpan<Tensor> alsoRealize) =>
        Tensor.Realize([.. ScheduleStep(optimizer), .. ScheduleUpdate(), .. alsoRealize]);

    /// <summary>Schedules a step of one optimizer of several; <see cref="ScheduleUpdate"/> ends the step.</summary>
    /// <returns>What to realise.</returns>
    public IReadOnlyList<Tensor> ScheduleStep(Optimizer optimizer)
    {
        Unscale(optimizer);
        return optimizer.ScheduleStep(_isFinite);
    }

    /// <summary>Schedules the scale of the next step.</summary>
    /// <returns>What to realise.</returns>
    public IReadOnlyList<Tensor> ScheduleUpdate()
    {
        using var noGrad = Tensor.NoGrad();
        if (_isFinite is not null)
        {
            var good = Tensor.Where(_isFinite, _good + 1, 0);
            var isTime = good.Eq(_interval);
            _scale.Assign(_scale * Tensor.Where(_isFinite, Tensor.Where(isTime, _scale.FullLike(_growth), 1), _backoff));
            _good.Assign(Tensor.Where(isTime, 0, good));
        }

        _unscaled.Clear();
        _isFinite = null;
        return [_scale, _good];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> StateDict() => new Dictionary<string, Tensor> { ["scale"] = _scale, ["good"] = _good };

    /// <inheritdoc/>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true) => StateLoading.Load(nameof(GradientScaler), StateDict(), state, strict);
}
