namespace Tenon.State;

/// <summary>Gives tensors the values of a state, after all names and shapes were found to fit.</summary>
internal static class StateLoading
{
    /// <param name="owner">What is loaded, for the error.</param>
    /// <param name="own">The tensors by name.</param>
    /// <param name="state">Their values; they are converted and moved to the tensors' devices.</param>
    /// <param name="strict">Whether every name must occur on both sides.</param>
    public static void Load(string owner, IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, Tensor> state, bool strict)
    {
        var missing = own.Keys.Where(k => !state.ContainsKey(k)).ToList();
        var unknown = state.Keys.Where(k => !own.ContainsKey(k)).ToList();
        if (strict && missing.Count + unknown.Count > 0)
        {
            throw new TenonException(
                "TEN3080",
                $"The state does not fit the {owner}. Missing: {Some(missing)}. Unknown: {Some(unknown)}. Load the state of the same {owner}, or pass strict: false.");
        }

        foreach (var (name, tensor) in own)
        {
            if (state.TryGetValue(name, out var value) && !value.Shape.Equals(tensor.Shape))
            {
                throw new TenonException("TEN3081", $"'{name}' has shape {value.Shape} in the state and {tensor.Shape} in the {owner}. Expected equal shapes.");
            }
        }

        var loaded = own.Where(p => state.ContainsKey(p.Key)).ToList();
        foreach (var (name, tensor) in loaded)
        {
            tensor.Assign(state[name].To(tensor.Device));
        }

        Tensor.Realize([.. loaded.Select(p => p.Value)]);
    }

    private static string Some(List<string> names) =>
        names.Count == 0 ? "none" : string.Join(", ", names.Take(5)) + (names.Count > 5 ? $" and {names.Count - 5} more" : "");
}
