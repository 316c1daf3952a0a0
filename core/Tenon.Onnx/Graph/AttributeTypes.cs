using Tenon.Onnx.Format;
using static Tenon.Onnx.Format.AttributeProto.Types;

namespace Tenon.Onnx.Graph;

/// <summary>Which type an attribute has. ONNX's operators agree on it by name, but for a few.</summary>
internal static class AttributeTypes
{
    private static readonly Dictionary<string, AttributeType> ByName = Table();

    /// <summary>Refuses an attribute that says it is one thing and holds another, or that is not what its name asks for.</summary>
    public static void Check(AttributeProto attribute, ModelSource source, string field)
    {
        if (attribute.RefAttrName.Length > 0)
        {
            return;
        }

        // Files of the first version leave the type out.
        if (attribute.Type == AttributeType.Undefined)
        {
            attribute.Type = Held(attribute) ?? (ByName.TryGetValue(attribute.Name, out var named) ? named : AttributeType.Undefined);
        }

        if (!Enum.IsDefined(attribute.Type) || (Held(attribute) is { } held && held != attribute.Type) || (IsSingle(attribute.Type) && Held(attribute) is null))
        {
            throw source.Error("TEN5202", field, $"attribute '{attribute.Name}' says it is {Name(attribute.Type)}, and holds {(Held(attribute) is { } h ? Name(h) : "nothing")}.");
        }

        if (ByName.TryGetValue(attribute.Name, out var expected) && attribute.Type != expected && !(IsEmptyList(attribute) && !IsSingle(expected)))
        {
            throw source.Error("TEN5202", field, $"attribute '{attribute.Name}' is {Name(attribute.Type)}. Expected {Name(expected)}.");
        }
    }

    private static string Name(AttributeType type) => type.ToString().ToLowerInvariant();

    private static bool IsSingle(AttributeType type) => type is AttributeType.Tensor or AttributeType.Graph or AttributeType.SparseTensor;

    private static bool IsEmptyList(AttributeProto attribute) => Held(attribute) is null;

    private static AttributeType? Held(AttributeProto a) =>
        a.HasF ? AttributeType.Float
        : a.HasI ? AttributeType.Int
        : a.HasS ? AttributeType.String
        : a.T is not null ? AttributeType.Tensor
        : a.G is not null ? AttributeType.Graph
        : a.SparseTensor is not null ? AttributeType.SparseTensor
        : a.Tp is not null ? AttributeType.TypeProto
        : a.Floats.Count > 0 ? AttributeType.Floats
        : a.Ints.Count > 0 ? AttributeType.Ints
        : a.Strings.Count > 0 ? AttributeType.Strings
        : a.Tensors.Count > 0 ? AttributeType.Tensors
        : a.Graphs.Count > 0 ? AttributeType.Graphs
        : a.SparseTensors.Count > 0 ? AttributeType.SparseTensors
        : a.TypeProtos.Count > 0 ? AttributeType.TypeProtos
        : null;

    private static Dictionary<string, AttributeType> Table()
    {
        var table = new Dictionary<string, AttributeType>();
        Add(AttributeType.Int, "axis keepdims layout allowzero batch_axis block_size blocksize center_point_box ceil_mode count_include_pad detect_negative detect_positive"
            + " exclude_outside exclusive fmod group hidden_size inverse k largest left max_gram_length max_skip_count min_gram_length new_axis noop_with_empty_axes num_groups"
            + " num_heads num_scan_inputs offset_group onesided periodic q_num_heads kv_num_heads reverse sample_size saturate select_last_index size sorted sampling_ratio"
            + " stash_type storage_order time_axis transA transB upper value_int is_causal linear_before_reset input_forget output_dtype output_height output_width align_corners block_shape num_outputs case_sensitive");
        Add(AttributeType.Float, "alpha beta epsilon gamma lambd bias extrapolation_value high low mean spatial_scale cubic_coeff_a momentum norm_coefficient norm_coefficient_post decay_factor value_float softcap clip ratio");
        Add(AttributeType.Ints, "axes body_strides dilations kernel_shape pads perm strides output_padding output_shape scan_input_axes scan_input_directions scan_output_axes scan_output_directions value_ints split");
        Add(AttributeType.Floats, "value_floats activation_alpha activation_beta");
        Add(AttributeType.String, "auto_pad direction mode reduction equation coordinate_transformation_mode nearest_mode rounding_mode padding_mode approximate value_string keep_aspect_ratio_policy delimiter pattern pixel_format case_change_action locale");
        Add(AttributeType.Strings, "value_strings activations stopwords");
        Add(AttributeType.Graph, "body then_branch else_branch");
        return table;

        void Add(AttributeType type, string names)
        {
            foreach (var name in names.Split(' '))
            {
                table[name] = type;
            }
        }
    }
}
