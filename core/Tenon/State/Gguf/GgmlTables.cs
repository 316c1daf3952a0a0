namespace Tenon.State;

/// <summary>The tables of quantised formats as tensors of a device, made when they are first used.</summary>
/// <param name="device">The device of the blocks.</param>
internal sealed class GgmlTables(string device)
{
    private readonly Dictionary<string, Tensor> _tables = [];

    public Tensor Iq2Xxs => Get(nameof(Iq2Xxs), static () => GgmlGrids.Iq2Xxs, 8);

    public Tensor Iq2Xs => Get(nameof(Iq2Xs), static () => GgmlGrids.Iq2Xs, 8);

    public Tensor Iq2S => Get(nameof(Iq2S), static () => GgmlGrids.Iq2S, 8);

    public Tensor Iq3Xxs => Get(nameof(Iq3Xxs), static () => GgmlGrids.Iq3Xxs, 4);

    public Tensor Iq3S => Get(nameof(Iq3S), static () => GgmlGrids.Iq3S, 4);

    public Tensor Iq1 => Get(nameof(Iq1), static () => GgmlGrids.Iq1, 8);

    private Tensor Get(string name, Func<float[]> values, int columns)
    {
        lock (_tables)
        {
            if (!_tables.TryGetValue(name, out var table))
            {
                var numbers = values();
                _tables[name] = table = Tensor.From<float>(numbers, [numbers.Length / columns, columns], device);
            }

            return table;
        }
    }
}
