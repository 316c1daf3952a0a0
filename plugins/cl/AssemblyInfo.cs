using Tenon.Core.Backend;
using Tenon.Plugins.Cl;

[assembly: BackendPlugin(typeof(ClPlugin))]
