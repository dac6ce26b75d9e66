{#- The four things that engines write differently; all else is one SQL. -#}

{% macro hour(at) %}{{ adapter.dispatch('hour', 'tributary')(at) }}{% endmacro %}
{% macro default__hour(at) %}date_trunc('hour', {{ at }}){% endmacro %}

{% macro day(at) %}{{ adapter.dispatch('day', 'tributary')(at) }}{% endmacro %}
{% macro default__day(at) %}CAST({{ at }} AS DATE){% endmacro %}

{% macro quantile(share, of) %}{{ adapter.dispatch('quantile', 'tributary')(share, of) }}{% endmacro %}
{% macro default__quantile(share, of) %}percentile_cont({{ share }}) WITHIN GROUP (ORDER BY {{ of }}){% endmacro %}
{% macro duckdb__quantile(share, of) %}quantile_cont({{ of }}, {{ share }}){% endmacro %}
{% macro clickhouse__quantile(share, of) %}quantileExactInclusive({{ share }})({{ of }}){% endmacro %}
{% macro spark__quantile(share, of) %}percentile({{ of }}, {{ share }}){% endmacro %}
{% macro flink__quantile(share, of) %}PERCENTILE({{ of }}, {{ share }}){% endmacro %}
{% macro flink__hour(at) %}FLOOR({{ at }} TO HOUR){% endmacro %}
