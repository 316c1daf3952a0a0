namespace Tenon.State;

/// <summary>What can be saved and continued: a module, an optimizer, a scheduler.</summary>
public interface IStateful
{
    /// <summary>All that must be kept, by name.</summary>
    IReadOnlyDictionary<string, Tensor> StateDict();

    /// <summary>Continues from a state of the same names and shapes.</summary>
    /// <param name="state">Values by name.</param>
    /// <param name="strict">Whether every name must occur on both sides.</param>
    /// <exception cref="TenonException">A shape differs; or names do, if <paramref name="strict"/>.</exception>
    void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true);
}
