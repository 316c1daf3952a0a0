using System.CommandLine;
using Tenon.Core;
using Tenon.Onnx;
using Tenon.Onnx.Format;
using Tenon.State;

namespace Tenon.Cli.Onnx;

/// <summary>The options that say what a model is given, and in which type it computes.</summary>
internal sealed class InputOptions
{
    private readonly Option<string[]> _input = new("--input") { Description = "An input from a file, .npy or .pb; may be repeated.", HelpName = "NAME=FILE" };
    private readonly Option<bool> _random = new("--random") { Description = "Make up the inputs that are not given: random fractions, and zeros for whole numbers." };
    private readonly Option<string[]> _size = new("--size") { Description = "The size that a name stands for in inputs that are made up; otherwise 1. May be repeated.", HelpName = "NAME=N" };
    private readonly Option<string?> _dtype = new("--dtype") { Description = "Compute in this type where the model has float32.", HelpName = "f16|bf16|f64" };

    /// <summary>The options.</summary>
    public Option[] All => [_input, _random, _size, _dtype];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _dtype.AcceptOnlyFromAmong("f16", "bf16", "f32", "f64");
        foreach (var option in new[] { _input, _size })
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens.FirstOrDefault(t => t.Value.LastIndexOf('=') < 1) is { } wrong)
                {
                    result.AddError($"'{wrong.Value}' is not {option.HelpName}.");
                }
            });
        }

        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>How the model is to run.</summary>
    public OnnxOptions Options(ParseResult parsed) => new()
    {
        FloatDType = parsed.GetValue(_dtype) switch { "f16" => DType.Float16, "bf16" => DType.BFloat16, "f64" => DType.Float64, _ => null },
    };

    /// <summary>The inputs, read or made up.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="makeUp">Whether those that are not given are made up even if it isn't asked for.</param>
    /// <exception cref="TenonException">A file can't be read, or an input is neither given nor to be made up.</exception>
    public Dictionary<string, OnnxValue> Read(ParseResult parsed, OnnxModel model, bool makeUp = false)
    {
        var inputs = new Dictionary<string, OnnxValue>();
        foreach (var (name, file) in (parsed.GetValue(_input) ?? []).Select(Split))
        {
            var type = model.Inputs.FirstOrDefault(i => i.Name == name)?.Type;
            inputs[name] = Path.GetExtension(file).Equals(".npy", StringComparison.OrdinalIgnoreCase) ? NpyFile.Load(file) : ValueFile.Read(file, type);
        }

        var sizes = Sizes(parsed.GetValue(_size) ?? [], model);
        foreach (var input in model.Inputs.Where(i => !inputs.ContainsKey(i.Name) && i.Type is not OnnxOptionalType))
        {
            inputs[input.Name] = makeUp || parsed.GetValue(_random)
                ? MadeUp(input, sizes)
                : throw new TenonException("TEN9014", $"Input '{input.Name}' ({input.Type}) is not given. Add --input {input.Name}=FILE, or --random to make it up.");
        }

        return inputs;
    }

    /// <summary>Sees to it that the sizes of inputs that are made up are known, where another than 1 may be meant.</summary>
    /// <exception cref="TenonException">One isn't; the message says which option gives it.</exception>
    public void RequireSizes(ParseResult parsed, OnnxModel model)
    {
        var given = (parsed.GetValue(_input) ?? []).Select(i => Split(i).Name).ToHashSet();
        var sizes = Sizes(parsed.GetValue(_size) ?? [], model);
        foreach (var input in model.Inputs.Where(i => !given.Contains(i.Name)))
        {
            foreach (var dim in input.Type is OnnxTensorType { Shape: { } dims } ? dims.Where(d => d.Size is null && !sizes.ContainsKey(d.Name ?? "")) : [])
            {
                throw new TenonException("TEN6115", $"Input '{input.Name}' ({input.Type}) has a size that is not fixed. Add {(string.IsNullOrEmpty(dim.Name) ? "" : $"--size {dim.Name}=N, or ")}--input {input.Name}=FILE with a value of the shape that is wanted.");
            }
        }
    }

    /// <summary>Sizes by name, from texts such as <c>batch=4</c>.</summary>
    /// <exception cref="TenonException">One is no size, or none of the model.</exception>
    public static Dictionary<string, long> Sizes(IEnumerable<string> texts, OnnxModel model)
    {
        var known = model.Inputs.SelectMany(i => i.Type is OnnxTensorType { Shape: { } dims } ? dims : []).Where(d => d.Size is null && !string.IsNullOrEmpty(d.Name)).Select(d => d.Name!).Distinct().ToList();
        var sizes = new Dictionary<string, long>();
        foreach (var text in texts)
        {
            var (name, value) = text.Contains('=', StringComparison.Ordinal) ? Split(text) : (text, "");
            sizes[name] = !long.TryParse(value, out var size) || size < 0 ? throw new TenonException("TEN9014", $"'{text}' is not a size. Expected NAME=N with a whole number of 0 or more.")
                : known.Contains(name) ? size
                : throw new TenonException("TEN9014", $"'{text}' is not a size of the model's inputs. {(known.Count > 0 ? $"Those that can be chosen: {string.Join(", ", known)}." : "All are fixed.")}");
        }

        return sizes;
    }

    private static (string Name, string Value) Split(string text)
    {
        // Names of inputs may hold '=', paths rarely do.
        var at = text.IndexOf('=');
        return (text[..at], text[(at + 1)..]);
    }

    /// <summary>An input of random fractions, or of zeros if it holds whole numbers.</summary>
    /// <param name="input">The input.</param>
    /// <param name="sizes">What names of sizes stand for; others are 1.</param>
    /// <exception cref="TenonException">It isn't a tensor of known rank.</exception>
    public static OnnxValue MadeUp(OnnxValueInfo input, Dictionary<string, long> sizes)
    {
        if (input.Type is not OnnxTensorType { Shape: { } dims, Element: var element } || element.ToTenon() is not { } dtype)
        {
            throw new TenonException("TEN9014", $"Input '{input.Name}' ({input.Type}) can't be made up. Add --input {input.Name}=FILE.");
        }

        Shape shape = dims.Select(d => (SymInt)(d.Size ?? sizes.GetValueOrDefault(d.Name ?? "", 1))).ToArray();
        return (dtype.IsFloat ? Tensor.Rand(shape).Cast(dtype) : Tensor.Zeros(shape, dtype).Contiguous()).Realize();
    }
}
