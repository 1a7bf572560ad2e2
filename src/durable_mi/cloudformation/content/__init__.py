"""What files of templates and assemblies hold, once it is what they can hold."""
