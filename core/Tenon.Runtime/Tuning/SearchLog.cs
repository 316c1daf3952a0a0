using System.Text.Json;
using System.Text.Json.Serialization;
using Tenon.Compiler;

namespace Tenon.Runtime;

/// <summary>Writes each candidate of a search as a line of JSON; docs/tuning.md lists the keys.</summary>
internal sealed class SearchLog(TextWriter writer)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter() } };
    private readonly Lock _lock = new();

    public void Write(string kernel, string device, SearchCandidate c) => Write(new
    {
        Kernel = kernel,
        Device = device,
        c.Number,
        c.Step,
        c.Opts,
        PredictedUs = double.IsFinite(c.Predicted) ? c.Predicted * 1e6 : (double?)null,
        Us = c.Seconds * 1e6,
        c.Rejection?.Reason,
        c.Rejection?.Detail,
    });

    public void Write(TunedTask task) => Write(new
    {
        task.Kernel,
        task.Device,
        task.Error,
        HeuristicUs = task.Result?.HeuristicSeconds * 1e6,
        BestUs = task.Result?.Seconds * 1e6,
        task.Result?.Best,
        task.Result?.Heuristic,
        task.Result?.Tried,
        task.Result?.Timed,
        task.Result?.Rejected,
    });

    private void Write<T>(T line)
    {
        lock (_lock)
        {
            writer.WriteLine(JsonSerializer.Serialize(line, Json));
            writer.Flush();
        }
    }
}
