namespace Tenon.NN;

/// <summary>Modules one after the other, named by their positions.</summary>
public sealed class Sequential : Module
{
    private readonly Module[] _modules;

    /// <summary>The modules in order.</summary>
    public Sequential(params ReadOnlySpan<Module> modules)
    {
        _modules = modules.ToArray();
        for (var i = 0; i < _modules.Length; i++)
        {
            Child($"{i}", _modules[i]);
        }
    }

    /// <summary>The i-th module.</summary>
    public Module this[int i] => _modules[i];

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        foreach (var module in _modules)
        {
            x = module.Forward(x);
        }

        return x;
    }
}
