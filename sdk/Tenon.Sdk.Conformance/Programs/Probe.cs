using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>
/// Expressions on the same inputs, each of which is a case. They are compiled together in as few programs as the device's limit of
/// buffers allows; if that goes wrong as a whole, each by itself, so that it is known which of them is to blame.
/// </summary>
/// <param name="subject">The device.</param>
/// <param name="name">What the expressions have in common; the first part of the names of their cases.</param>
/// <param name="lanes">How wide each value is.</param>
/// <param name="count">How many elements each input has.</param>
internal sealed class Probe(Subject subject, string name, int lanes, int count)
{
    private const int MostBuffers = 12;

    // What stands for a dtype that the target only computes with: truth values, of a language that has no bytes.
    private static readonly DType InWords = DType.Int32;
    private readonly List<(DType DType, Scalar[] Values)> _inputs = [];
    private readonly List<ProbeExpression> _expressions = [];
    private Dictionary<string, string?>? _results;

    /// <summary>The cases of all expressions.</summary>
    public IEnumerable<ConformanceCase> Cases => _expressions.Select(e => new ConformanceCase($"{name}/{e.Name}", alone => Check(e, alone)));

    /// <summary>Adds an input; gives its number.</summary>
    public int Input(DType dtype, Scalar[] values)
    {
        _inputs.Add((dtype, values));
        return _inputs.Count - 1;
    }

    /// <summary>Adds an expression.</summary>
    /// <param name="title">Its name.</param>
    /// <param name="dtype">The dtype of its elements.</param>
    /// <param name="value">Its value, from those of the inputs by number.</param>
    /// <param name="tolerance">In what a result may differ.</param>
    /// <param name="isOpen">The elements of which nothing is said.</param>
    public void Add(string title, DType dtype, Func<Func<int, UOp>, UOp> value, Tolerance? tolerance = null, Func<int, bool>? isOpen = null) =>
        _expressions.Add(subject.IsStored(dtype)
            ? new ProbeExpression(title, dtype, value, tolerance ?? Tolerance.Exact, isOpen ?? (_ => false))
            : new ProbeExpression(title, InWords, v => value(v).Cast(InWords), tolerance ?? Tolerance.Exact, isOpen ?? (_ => false)));

    private void Check(ProbeExpression expression, bool alone)
    {
        _results ??= alone ? null : RunAll();
        var failure = _results is not null && _results.TryGetValue(expression.Name, out var known) ? known : Run([expression])[expression.Name];
        Expect.That(failure is null, failure ?? "");
    }

    private Dictionary<string, string?> RunAll()
    {
        var results = new Dictionary<string, string?>();
        foreach (var program in Programs())
        {
            try
            {
                foreach (var (title, failure) in Run(program))
                {
                    results.Add(title, failure);
                }
            }
            catch (TenonException)
            {
                // Each is run by itself then.
            }
        }

        return results;
    }

    private IEnumerable<List<ProbeExpression>> Programs()
    {
        var most = Math.Max(1, Math.Min(MostBuffers, subject.Capabilities.MaxBuffers) - _inputs.Count);
        var program = new List<ProbeExpression>();
        foreach (var e in _expressions.OrderBy(e => e.DType.Id))
        {
            if (program.Append(e).Select(p => p.DType).Distinct().Count() > most)
            {
                yield return program;
                program = [];
            }

            program.Add(e);
        }

        yield return program;
    }

    private Dictionary<string, string?> Run(List<ProbeExpression> expressions)
    {
        var builder = new ProgramBuilder(subject.Capabilities, count / lanes);
        var (inputs, content, contents) = (new Dictionary<int, UOp>(), new List<byte[]>(), new List<Scalar[]>());
        var offset = Ir.Mul(builder.Item, Ir.Int(lanes));
        var values = expressions.ConvertAll(e => e.Value(Input));

        // One buffer for each dtype of results, in which the expressions follow each other.
        var places = new List<(int Slot, int Section)>();
        foreach (var group in expressions.Select((e, i) => (e.DType, Number: i)).GroupBy(e => e.DType))
        {
            var (buffer, section) = (builder.Buffer(group.Key, (long)group.Count() * count), 0);
            content.Add(Elements.Noise(group.Count() * count * group.Key.Bytes, seed: 1));
            foreach (var (_, number) in group)
            {
                builder.Add(Ir.Store(Ir.At(buffer, Ir.Add(offset, Ir.Int((long)section * count))), values[number]));
                places.Add((content.Count - 1, section++));
            }
        }

        var program = builder.Build($"{name}_{(expressions is [var only] ? only.Name : "all")}");
        if (subject.Run(program, content) is not { } got)
        {
            return expressions.ToDictionary(e => e.Name, _ => (string?)null);
        }

        var expected = Flush.Ways(subject.Flushed).Select(f => (Flush?)f).Prepend(null).Select(f =>
        {
            byte[][] buffers = [.. content.Select(c => c.ToArray())];
            new ReferenceMachine(program, flush: f).Run(buffers);
            return buffers;
        }).ToList();
        return expressions.Zip(places).ToDictionary(p => p.First.Name, p => FirstDifference(p.First, p.Second.Slot, p.Second.Section));

        UOp Input(int number)
        {
            if (!inputs.TryGetValue(number, out var value))
            {
                var (dtype, elements) = _inputs[number];
                var stored = subject.IsStored(dtype) ? dtype : InWords;
                value = Ir.Load(Ir.At(builder.Buffer(stored, count), offset), lanes);
                inputs.Add(number, value = stored == dtype ? value : value.Cast(dtype));
                content.Add(Elements.ToBytes(stored, [.. elements.Select(e => e.To(stored))]));
                contents.Add(elements);
            }

            return value;
        }

        string? FirstDifference(ProbeExpression e, int slot, int section)
        {
            for (var i = 0; i < count; i++)
            {
                var at = (section * count + i) * e.DType.Bytes;
                var element = got[slot].AsSpan(at, e.DType.Bytes);
                if (!e.IsOpen(i) && !IsAccepted(e, element, slot, at))
                {
                    return $"{e.Name} of ({string.Join(", ", contents.Select(c => c[i]))}) is {Describe(e.DType, element)}, expected {Describe(e.DType, expected[0][slot].AsSpan(at, e.DType.Bytes))} (element {i})";
                }
            }

            return null;
        }

        bool IsAccepted(ProbeExpression e, ReadOnlySpan<byte> element, int slot, int at)
        {
            for (var way = 0; way < expected.Count; way++)
            {
                // What has been flushed is zero of either sign.
                var tolerance = way == 0 ? e.Tolerance : e.Tolerance with { AnyZero = true };
                if (tolerance.Accepts(e.DType, element, expected[way][slot].AsSpan(at, e.DType.Bytes)))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static string Describe(DType dtype, ReadOnlySpan<byte> element) =>
        dtype.IsBool && element[0] > 1 ? $"the byte {element[0]}" : Scalar.Element(dtype, element, 0).ToString();
}

/// <summary>One expression of a <see cref="Probe"/>.</summary>
internal sealed record ProbeExpression(string Name, DType DType, Func<Func<int, UOp>, UOp> Value, Tolerance Tolerance, Func<int, bool> IsOpen);
