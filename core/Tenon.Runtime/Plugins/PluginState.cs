namespace Tenon.Runtime;

/// <summary>How far a plugin has come. A plugin that failed stays at the last stage that it passed.</summary>
public enum PluginState
{
    /// <summary>Listed, but switched off.</summary>
    Disabled,

    /// <summary>Listed.</summary>
    Discovered,

    /// <summary>Its manifest is read.</summary>
    ManifestRead,

    /// <summary>Its files fit this host, as far as can be said without running them.</summary>
    Checked,

    /// <summary>Its code is loaded and it has said which devices there are.</summary>
    Loaded,

    /// <summary>At least one of its devices is open.</summary>
    Opened,
}
