using Tenon.Core;
using Tenon.NN;
using Tenon.Runtime;

namespace Tenon;

/// <summary>What one call of a function did, ready to be done again for other arguments of the same kind.</summary>
internal sealed partial class Capture
{
    private readonly RecordedProgram _program;
    private readonly CapturedState[] _inputs;

    // States that lie in the storage of an input.
    private readonly (TensorSource Source, int Input)[] _aliases;
    private readonly (Tensor Tensor, UOp Node)[] _literals;
    private readonly (TensorSource Tensor, bool IsNull)[] _gradientsFound;
    private readonly (Module Module, bool IsTraining)[] _modes;
    private readonly UOp[] _assumed;

    // What tensors from before become; those that are written in place are not here.
    private readonly (TensorSource Target, CapturedResult.Stored Value)[] _assigned;
    private readonly (TensorSource Leaf, CapturedResult? Value, bool IsLost)[] _gradientsLeft;
    private readonly object? _result;
    private readonly Tensor[] _tokens;
    private readonly CapturedResult[] _results;
    private readonly List<object?> _plainResults;

    private Capture(CaptureTrace trace, JitCall call, JitOptions options, object? result, out object? given)
    {
        var outputs = new CapturedOutputs(trace);
        var tensors = new List<Tensor>();
        var plain = new List<object?>();
        ValueTree.Visit(result, t => _ = tensors.Contains(t) ? 0 : Add(tensors, t), plain.Add);
        if (plain.Find(p => p is Task or ValueTask) is { } task)
        {
            throw new TenonException("TEN5312", $"A captured function returns a {task.GetType().Name}. What it does after an await is not captured: capture a function that doesn't await, and call that.");
        }

        var left = trace.GradientsSet.Select(leaf => (Leaf: leaf, Gradient: leaf.GradientOrLost)).ToList();
        var kept = left.FindAll(g => g.Gradient is { } t && t.Born == trace.Id && (t.IsRealized || !trace.Recording.HasComputed(t.Node)));
        Tensor.Realize([.. tensors.Where(outputs.NeedsStorage), .. trace.Written, .. kept.Select(g => g.Gradient!)]);

        _results = [.. tensors.Select(outputs.Of)];
        _assigned = [.. trace.Written.Where(outputs.HasMoved).Select(t => (trace.SourceOf(t), (CapturedResult.Stored)outputs.Of(t, isState: true)))];
        _gradientsLeft = [.. left.Select(g => (trace.SourceOf(g.Leaf), g.Gradient is null ? null : kept.Contains(g) || g.Gradient.Born != trace.Id ? outputs.Of(g.Gradient) : null, g.Gradient is { } t && t.Born == trace.Id && !kept.Contains(g)))];

        var inputs = new List<CapturedState>();
        var aliases = new List<(TensorSource, int)>();
        foreach (var state in trace.States)
        {
            if (inputs.FindIndex(i => i.Slot == state.Slot) is var at and >= 0)
            {
                aliases.Add((state.Source, at));
            }
            else
            {
                inputs.Add(state);
            }
        }

        (_inputs, _aliases) = ([.. inputs], [.. aliases]);
        (_literals, _gradientsFound, _modes) = ([.. trace.Literals], [.. trace.GradientsFound], [.. trace.Modes]);
        _assumed = [.. trace.Recording.Assumed];
        _plainResults = plain;
        _program = trace.Recording.Build([.. inputs.Select(i => i.Slot)], outputs.Slots, call.Variables.ToDictionary(v => v.Name, v => v.Value),
            [.. inputs.Where(i => i.Source is { Argument: < 0, IsGradient: false }).Select(i => i.Slot)], options.MaxKeptBytes);

        // The call that was traced gets what later calls get.
        var buffers = outputs.Buffers;
        var made = Array.ConvertAll(_results, r => r.Make(call, buffers));
        _tokens = Array.ConvertAll(_results, _ => new Tensor(UOp.Const(DType.Float32, 0), null));
        _result = ValueTree.Rebuild(result, t => _tokens[tensors.IndexOf(t)]);
        given = ValueTree.Rebuild(result, t => made[tensors.IndexOf(t)]);
        SetGradients(call, buffers);

        static int Add(List<Tensor> list, Tensor t)
        {
            list.Add(t);
            return 0;
        }
    }

    /// <summary>Runs the function and captures what it does; null where nothing can be recorded.</summary>
    /// <param name="body">The function.</param>
    /// <param name="call">Its arguments.</param>
    /// <param name="options">How it is captured.</param>
    /// <param name="result">What it returned.</param>
    public static Capture? Of(Func<object?[], object?> body, JitCall call, JitOptions options, out object? result)
    {
        using var trace = CaptureTrace.Begin(call);
        var returned = body(call.Arguments);
        if (trace is null)
        {
            result = returned;
            return null;
        }

        return new Capture(trace, call, options, returned, out result);
    }

    /// <summary>The whole as one schedule.</summary>
    public Compiler.Schedule Schedule => _program.Schedule;

    /// <summary>What is kept from call to call: bytes by a number that captures which share it have in common.</summary>
    public IEnumerable<(long Id, long Bytes)> Kept => _program.Kept;

    /// <summary>Whether a call would do the same, as far as it can be seen without running the function.</summary>
    public bool Holds(JitCall call)
    {
        foreach (var (leaf, isNull) in _gradientsFound)
        {
            if (leaf.Find(call)!.Grad is null != isNull)
            {
                return false;
            }
        }

        foreach (var (module, isTraining) in _modes)
        {
            if (module.IsTraining != isTraining)
            {
                return false;
            }
        }

        foreach (var (tensor, node) in _literals)
        {
            if (tensor.Node != node)
            {
                return false;
            }
        }

        foreach (var buffer in _assumed)
        {
            if (!TenonRuntime.Default.IsCurrent(buffer))
            {
                return false;
            }
        }

        return _program.Holds() && HoldsStorage(call);
    }

    /// <summary>Does for a call what was captured.</summary>
    public object? Replay(JitCall call)
    {
        var buffers = new UOp[_inputs.Length];
        for (var i = 0; i < buffers.Length; i++)
        {
            var tensor = _inputs[i].Source.Find(call)!;
            if (_program.Writes(i))
            {
                call.CheckMayWrite(tensor);
                tensor.MakeExclusive();
            }

            buffers[i] = tensor.StoredBuffer!;
        }

        Span<long> variables = stackalloc long[_program.Variables.Count];
        for (var i = 0; i < variables.Length; i++)
        {
            variables[i] = call.Variables[i].Value;
        }

        var outputs = _program.Run(buffers, variables);
        for (var i = 0; i < buffers.Length; i++)
        {
            if (_program.Writes(i))
            {
                _inputs[i].Source.Find(call)!.SetStorage(buffers[i]);
            }
        }

        foreach (var (source, input) in _aliases)
        {
            if (_program.Writes(input) && source.Find(call) is { } alias && alias != _inputs[input].Source.Find(call))
            {
                alias.SetStorage(buffers[input]);
            }
        }

        foreach (var (target, value) in _assigned)
        {
            target.Find(call)!.SetStorage(outputs[value.Output], CapturedResult.Bound(value.Shape, call), value.Device);
        }

        SetGradients(call, outputs);
        return _results.Length switch
        {
            0 => _result,
            1 when _result == _tokens[0] => _results[0].Make(call, outputs),
            _ => Results(call, outputs),
        };
    }

    /// <summary>What this did differently than another; null if nothing.</summary>
    public string? DifferenceFrom(Capture other)
    {
        if (!_plainResults.SequenceEqual(other._plainResults))
        {
            var at = Enumerable.Range(0, Math.Min(_plainResults.Count, other._plainResults.Count)).FirstOrDefault(i => !Equals(_plainResults[i], other._plainResults[i]));
            return $"it returned {other._plainResults.ElementAtOrDefault(at) ?? "null"}, then {_plainResults.ElementAtOrDefault(at) ?? "null"}";
        }

        return _program.DifferenceFrom(other._program)
            ?? (_inputs.Select(i => i.Source).SequenceEqual(other._inputs.Select(i => i.Source)) ? null : "it uses other tensors from outside")
            ?? (_gradientsLeft.Length == other._gradientsLeft.Length && _assigned.Length == other._assigned.Length && _results.Length == other._results.Length ? null : "it assigns or returns other tensors");
    }

    // Inputs are what they were, and those that are written to are nobody else's.
    private bool HoldsStorage(JitCall call)
    {
        for (var i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i].Source.Find(call) is not { } tensor)
            {
                return false;
            }

            if (_inputs[i].Source is { Argument: < 0 } or { IsGradient: true })
            {
                tensor.Realize();
                if (!tensor.Kind.Equals(_inputs[i].Kind))
                {
                    return false;
                }
            }
        }

        if (_program.WritesAny && !AreDifferent(call))
        {
            return false;
        }

        foreach (var (source, input) in _aliases)
        {
            if (source.Find(call)?.StoredBuffer is not { } buffer || buffer != _inputs[input].Source.Find(call)!.StoredBuffer)
            {
                return false;
            }
        }

        return true;
    }

    // Whether no two inputs are one buffer.
    private bool AreDifferent(JitCall call)
    {
        const int Few = 8;
        if (_inputs.Length > Few)
        {
            var seen = new HashSet<UOp>(_inputs.Length, ReferenceEqualityComparer.Instance);
            return Array.TrueForAll(_inputs, i => seen.Add(i.Source.Find(call)!.StoredBuffer!));
        }

        for (var i = 1; i < _inputs.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (_inputs[i].Source.Find(call)!.StoredBuffer == _inputs[j].Source.Find(call)!.StoredBuffer)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void SetGradients(JitCall call, UOp[] outputs)
    {
        foreach (var (leaf, value, isLost) in _gradientsLeft)
        {
            leaf.Find(call)!.Grad = isLost ? Tensor.LostGradient : value?.Make(call, outputs);
        }
    }

    private object? Results(JitCall call, UOp[] outputs)
    {
        var made = Array.ConvertAll(_results, r => r.Make(call, outputs));
        return ValueTree.Rebuild(_result, t => made[Array.IndexOf(_tokens, t)]);
    }
}
